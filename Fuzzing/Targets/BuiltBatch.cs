using System.Buffers;
using System.Text;
using TimeSeries.Core.Building;
using TimeSeries.Core.Codecs;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Fuzzing.Running;
using TimeSeries.Ingest.Protocols.Native;
using TimeSeries.Ingest.Protocols.Native.Wire;

namespace TimeSeries.Fuzzing.Targets;

/// <summary>A batch that a decoder builds, and what must hold of every batch. Reused; not thread safe.</summary>
internal sealed class BuiltBatch
{
    /// <summary>The present of every target: 1 February 2026, 12:00 UTC.</summary>
    public const long Now = 1_769_947_200_000;

    /// <summary>The project of every target.</summary>
    public const long Pcode = 5;

    private readonly SampleBatch _samples = new();
    private readonly SampleBatch _read = new();
    private readonly BatchValidator _validator = new(Limits);
    private readonly ArrayBufferWriter<byte> _written = new();

    /// <summary>How far times may be from the present: as far as there are moments, so that recorded inputs stay as good as they are.</summary>
    public static BatchLimits Limits { get; } = new() { MaxFutureSkew = TimeSpan.FromDays(36_500) };

    /// <summary>What the decoder fills.</summary>
    public SampleBatchBuilder Builder { get; } = new();

    /// <summary>Begins a batch.</summary>
    public void Begin()
    {
        _samples.Clear();
        Builder.Reset(_samples);
    }

    /// <summary>
    /// Validates what was built, and writes and reads it as the log does: each sample is kept or rejected, and each value of those that are kept is read as it
    /// was written.
    /// </summary>
    public ValidationResult Check()
    {
        int built = Builder.RowCount;
        ValidationResult result = _validator.Validate(Builder, Pcode, new Timestamp(Now));
        OracleException.Require(result.Usable + result.Rejected == built, $"Of {built} samples {result.Usable} are kept and {result.Rejected} rejected.");
        if (result.Batch is { } batch)
        {
            _written.ResetWrittenCount();
            BatchCodec.Write(batch, _written);
            _read.Clear();
            OracleException.Require(BatchCodec.TryRead(_written.WrittenSpan, _read, out string? reason), $"The log can't read its own record: {reason}");
            OracleException.Require(_read.RowCount == result.Usable, "The log reads another number of samples than it wrote.");
            foreach (KindSchema schema in SampleSchema.All.Where(schema => batch.Find(schema.Kind) is not null))
            {
                RequireEqual(batch.Find(schema.Kind)!, _read.Table(schema.Kind));
            }
        }

        return result;
    }

    /// <summary>Valid samples of each kind, with a batch of their own.</summary>
    public static ValidBatch MakeSeed(ReadOnlySpan<byte> json)
    {
        SampleBatchBuilder builder = new();
        builder.Reset(new SampleBatch());
        using NativeRequest request = new();
        OracleException.Require(BatchDecoder.Decode(json, BodyFormat.Json, request, builder) is null, "A seed is refused.");
        ValidationResult result = new BatchValidator(Limits).Validate(builder, Pcode, new Timestamp(Now));
        return result is { Batch: { } batch, Rejected: 0 } ? batch : throw new OracleException($"{result.Rejected} samples of a seed are rejected.");
    }

    /// <summary>The names of the schema: of the envelope's keys, kinds, fields and values of closed sets.</summary>
    public static IEnumerable<byte[]> SchemaWords() => SampleSchema.All
        .SelectMany(kind => kind.Fields.SelectMany(field => field.Allowed.Prepend(field.Name)).Prepend(kind.Name))
        .Distinct(StringComparer.Ordinal).Select(Encoding.UTF8.GetBytes);

    /// <summary>The same names as the product's files have them, behind their length, and numbers at the edges of their types.</summary>
    public static IEnumerable<byte[]> BinaryWords() => SchemaWords().Select(word => (byte[])[(byte)word.Length, .. word]).Concat(InputMutator.Numbers);

    private static void RequireEqual(SampleTable written, SampleTable read)
    {
        foreach (Field field in written.Schema.Fields)
        {
            for (int row = 0; row < written.RowCount; row++)
            {
                bool isEqual = field.IsText
                    ? TextAt(written, field, row).SequenceEqual(TextAt(read, field, row))
                    : NumberAt(written, field, row) == NumberAt(read, field, row);
                OracleException.Require(isEqual, "What the log reads is not what it wrote.");
            }
        }
    }

    private static long NumberAt(SampleTable table, Field field, int row) => table.FindNumbers(field.Ordinal)?.Values[row] ?? NumberColumn.Missing;

    private static ReadOnlySpan<byte> TextAt(SampleTable table, Field field, int row) =>
        table.FindTexts(field.Ordinal) is { } texts && texts.Codes[row] is not TextColumn.Missing and var code ? texts.Symbols[code] : default;
}
