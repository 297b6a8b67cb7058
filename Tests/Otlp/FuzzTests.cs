using System.Globalization;
using System.Text.Json;
using Google.Protobuf;
using NUnit.Framework;
using TimeSeries.Core.Building;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Ingest.Protocols.Otlp;
using TimeSeries.Ingest.Protocols.Otlp.Joining;
using TimeSeries.Ingest.Protocols.Otlp.Mapping;
using TimeSeries.Ingest.Protocols.Otlp.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Tests.Otlp;

/// <summary>
/// Both decoders over bytes that were changed at random, from the test vectors on. Code generated from a schema is the judge of protobuf, System.Text.Json that
/// of JSON. FUZZ_EXECUTIONS sets how many each test runs (a long run: <c>FUZZ_EXECUTIONS=100000000 dotnet test --filter FuzzTests</c>), FUZZ_SEED the first.
/// </summary>
internal sealed class FuzzTests
{
    // Where the contract is stricter than the generated code, which reads lengths and ends of numbers modulo 2^32 and 2^64.
    private static readonly string[] _stricter = ["number of more than 64 bits", "length beyond the message", "groups nested too deeply"];

    private static readonly byte[][] _exports = [.. new[] { Vectors.T1, Vectors.T2, Vectors.T3, Vectors.T4First, Vectors.T4Second, Vectors.T5,
        Vectors.T6, Vectors.T7 }.Select(Convert.FromHexString)];

    private readonly SampleBatchBuilder _builder = new();
    private readonly SampleBatch _samples = new();
    private readonly OtlpOptions _options = new();
    private static readonly Timestamp _now = new((long)(Exports.Start / 1_000_000));
    private static readonly BatchLimits _limits = new() { MaxFutureSkew = TimeSpan.FromDays(36_500) };
    private readonly BatchValidator _validator = new(_limits);

    private static int Executions(int normal) =>
        int.TryParse(Environment.GetEnvironmentVariable("FUZZ_EXECUTIONS"), CultureInfo.InvariantCulture, out int count) ? count : normal;

    private static int Seed =>
        int.TryParse(Environment.GetEnvironmentVariable("FUZZ_SEED"), CultureInfo.InvariantCulture, out int seed) ? seed : 20_260_101;

    [TestCase("Traces", 500_000)]
    [TestCase("Metrics", 150_000)]
    [TestCase("Logs", 150_000)]
    public void Protobuf_is_taken_and_refused_as_by_generated_code(string of, int executions)
    {
        TelemetrySignal signal = Enum.Parse<TelemetrySignal>(of);
        Random random = new(Seed + (int)signal);
        OtlpDecoder decoder = new(new AttributeKeys(_options.Attributes), _options);
        JoinTables joins = new(_options, TimeProvider.System);
        int taken = 0;
        for (int i = 0; i < Executions(executions); i++)
        {
            byte[] body = Mutate(random.Next(4) > 0 ? Own(signal, random) : _exports[random.Next(_exports.Length)], random);
            DecodeState state = Begin(joins, isFromJson: false);
            DecodeError? error = decoder.Decode(body, signal, state);
            long? items = CountItems(signal, body);
            bool isStricter = error is not null && _stricter.Any(reason => error.Detail.StartsWith(reason, StringComparison.Ordinal));
            if (items is null ? error is null : error is not null && !isStricter)
            {
                Assert.Fail($"{Convert.ToHexStringLower(body)}: {error?.Detail ?? "taken"}, generated code {(items is null ? "refuses" : "takes")} it");
            }

            if (error is null)
            {
                taken++;
                Check(body, state, items!.Value);
            }
        }

        Assert.That(taken, Is.GreaterThan(Executions(executions) / 20));
    }

    [Test]
    public void JSON_is_refused_where_it_is_none_and_nothing_is_thrown()
    {
        Random random = new(Seed);
        OtlpDecoder decoder = new(new AttributeKeys(_options.Attributes), _options);
        JoinTables joins = new(_options, TimeProvider.System);
        byte[] vector = System.Text.Encoding.UTF8.GetBytes(Vectors.T10);
        int taken = 0;
        for (int i = 0; i < Executions(200_000); i++)
        {
            byte[] body = Mutate(vector, random);
            using PooledBuffer protobuf = new();
            DecodeError? error = JsonTranscoder.Write(body, TelemetrySignal.Traces, protobuf);
            if (error is null && !IsJson(body))
            {
                Assert.Fail($"{Convert.ToHexStringLower(body)} is taken and no JSON");
            }

            if (error is null)
            {
                taken++;
                DecodeState state = Begin(joins, isFromJson: true);
                Assert.That(decoder.Decode(protobuf.Written.Span, TelemetrySignal.Traces, state), Is.Null);
                Check(body, state, CountItems(TelemetrySignal.Traces, protobuf.Written.ToArray())!.Value);
            }
        }

        Assert.That(taken, Is.GreaterThan(1_000));
    }

    // The last vectors are of metrics and logs; all are well formed for each signal.
    private static byte[] Own(TelemetrySignal signal, Random random) => signal switch
    {
        TelemetrySignal.Metrics => _exports[^2],
        TelemetrySignal.Logs => _exports[^1],
        _ => _exports[random.Next(_exports.Length - 2)],
    };

    private static byte[] Mutate(byte[] seed, Random random)
    {
        List<byte> bytes = [.. seed];
        for (int changes = random.Next(1, 4); changes > 0 && bytes.Count > 0; changes--)
        {
            int at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.RemoveRange(at, Math.Min(random.Next(1, 9), bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, Enumerable.Range(0, random.Next(1, 9)).Select(_ => (byte)random.Next(256)));
                    break;
                case 4:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(1, 64), bytes.Count - at)));
                    break;
                default:
                    bytes[at] += (byte)random.Next(-2, 3);
                    break;
            }
        }

        return [.. bytes];
    }

    // How many items generated code reads; null when it refuses the bytes.
    private static long? CountItems(TelemetrySignal signal, byte[] body)
    {
        try
        {
            return ExportCounts.Of(signal, body);
        }
        catch (InvalidProtocolBufferException)
        {
            return null;
        }
    }

    private static bool IsJson(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 128 });
            return document.RootElement.ValueKind == JsonValueKind.Object;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private DecodeState Begin(JoinTables joins, bool isFromJson)
    {
        _samples.Clear();
        _builder.Reset(_samples);
        return new DecodeState
        {
            Share = new MemoryReservation(new MemoryBudget(long.MaxValue)),
            Pcode = 1,
            IsFromJson = isFromJson,
            Builder = _builder,
            Join = new JoinChange(joins),
            Bounds = TimeBounds.At(_now.Milliseconds, _limits),
        };
    }

    // Each item fared some way, and what became of them keeps every rule of samples.
    private void Check(byte[] body, DecodeState state, long items)
    {
        SignalCounts counts = state.Items;
        long unmapped = 0;
        foreach (long count in counts.Unmapped)
        {
            unmapped += count;
        }

        state.Join.End(CommitOutcome.Stored);
        Assert.That(counts.Mapped + counts.Duplicates + counts.RejectedTotal + unmapped, Is.EqualTo(items), Convert.ToHexStringLower(body));
        ValidationResult validated = _validator.Validate(_builder, 1, _now);
        Assert.That(validated.Rejected, Is.Zero, Convert.ToHexStringLower(body));
    }
}
