using System.Text;
using Google.Protobuf;
using TimeSeries.Core.Memory;
using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Fuzzing.Otlp;
using TimeSeries.Fuzzing.Running;
using TimeSeries.Ingest.Protocols.Otlp;
using TimeSeries.Ingest.Protocols.Otlp.Joining;
using TimeSeries.Ingest.Protocols.Otlp.Mapping;
using TimeSeries.Ingest.Protocols.Otlp.Wire;
using TimeSeries.Ingest.Receive;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>
/// An export, behind a byte that names its signal. Code generated from a schema is the judge of protobuf, System.Text.Json that of JSON, and each item of
/// the export fared some way.
/// </summary>
internal sealed class OtlpTarget : IFuzzTarget
{
    // Where the contract is stricter than the generated code, which reads lengths and ends of numbers modulo 2^32 and 2^64.
    private static readonly string[] _stricter = ["number of more than 64 bits", "length beyond the message", "groups nested too deeply"];

    private const int MaxDepth = 128;

    private readonly bool _isJson;
    private readonly BuiltBatch _batch = new();
    private readonly OtlpOptions _options = new();
    private readonly AttributeKeys _keys;
    private readonly OtlpDecoder _decoder;

    public OtlpTarget(bool isJson)
    {
        _isJson = isJson;
        _keys = new AttributeKeys(_options.Attributes);
        _decoder = new OtlpDecoder(_keys, _options);
    }

    public int MaxBytes => 8 << 10;

    public IEnumerable<byte[]> Seeds => [];

    public IEnumerable<byte[]> Words => _isJson ? JsonNames().Concat(InputMutator.JsonWords).Concat(AttributeWords()) : AttributeWords();

    public void Run(ReadOnlySpan<byte> input)
    {
        if (input.IsEmpty)
        {
            return;
        }

        TelemetrySignal signal = (TelemetrySignal)(input[0] % 3);
        byte[] body = input[1..].ToArray();
        if (_isJson)
        {
            RunJson(body, signal);
        }
        else
        {
            RunProtobuf(body, signal);
        }
    }

    private void RunJson(byte[] body, TelemetrySignal signal)
    {
        using PooledBuffer protobuf = new();
        if (JsonTranscoder.Write(body, signal, protobuf) is not null)
        {
            return;
        }

        OracleException.Require(OtherJson.IsObject(body, MaxDepth), "A body is taken that is no JSON.");
        byte[] message = protobuf.Written.ToArray();
        DecodeState state = Begin(isFromJson: true);
        DecodeError? error = _decoder.Decode(message, signal, state);
        OracleException.Require(error is null, $"The protobuf that was made of JSON is refused: {error?.Detail}");
        Check(state, CountItems(signal, message) ?? throw new OracleException("Generated code refuses the protobuf that was made of JSON."));
    }

    private void RunProtobuf(byte[] body, TelemetrySignal signal)
    {
        DecodeState state = Begin(isFromJson: false);
        DecodeError? error = _decoder.Decode(body, signal, state);
        long? items = CountItems(signal, body);
        if (error is null)
        {
            Check(state, items ?? throw new OracleException("A body is taken that generated code refuses."));
            return;
        }

        state.Join.End(CommitOutcome.LogUnavailable);
        OracleException.Require(items is null || _stricter.Any(reason => error.Detail.StartsWith(reason, StringComparison.Ordinal)),
            $"A body is refused that generated code takes: {error.Detail}");
    }

    // Nothing is remembered from one input to the next, so that each fails by itself.
    private DecodeState Begin(bool isFromJson)
    {
        _batch.Begin();
        return new DecodeState
        {
            Share = new MemoryReservation(new MemoryBudget(long.MaxValue)),
            Pcode = BuiltBatch.Pcode,
            IsFromJson = isFromJson,
            Builder = _batch.Builder,
            Join = new JoinChange(new JoinTables(_options, TimeProvider.System)),
            Now = new Timestamp(BuiltBatch.Now),
            Bounds = TimeBounds.At(BuiltBatch.Now, BuiltBatch.Limits),
        };
    }

    // What decoders of exports give keeps every rule of samples.
    private void Check(DecodeState state, long items)
    {
        SignalCounts counts = state.Items;
        long told = counts.Mapped + counts.Duplicates + counts.RejectedTotal;
        foreach (long count in counts.Unmapped)
        {
            told += count;
        }

        state.Join.End(CommitOutcome.Stored);
        OracleException.Require(told == items, $"Of {items} items {told} are told.");
        int rejected = _batch.Check().Rejected;
        OracleException.Require(rejected == 0, $"{rejected} samples of an export break a rule of samples.");
    }

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

    private static IEnumerable<byte[]> JsonNames() => Enum.GetValues<JsonMessageName>()
        .SelectMany(name => JsonMessages.Of(name).Fields).Select(field => field.Name).Distinct(StringComparer.Ordinal)
        .Select(name => Encoding.UTF8.GetBytes($"\"{name}\":"));

    // Names of attributes that mean something, as texts of protobuf too: behind their length.
    private static IEnumerable<byte[]> AttributeWords() => AttributeKeys.Conventional.SelectMany(name =>
        new byte[][] { Encoding.UTF8.GetBytes(name), [(byte)name.Length, .. Encoding.UTF8.GetBytes(name)] });
}
