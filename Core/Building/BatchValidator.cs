using System.Collections.Immutable;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Building;

/// <summary>
/// Makes a <see cref="ValidBatch"/> of what a builder holds: gives each sample its agent, checks what the builder could not (required fields,
/// times, UTF-8, closed sets, GUIDs), makes texts canonical and takes rejected samples out. Works on whole columns. Thread safe.
/// </summary>
/// <param name="limits">How far from the present times may be.</param>
/// <param name="agents">The agents of projects, which it adds to; null where nothing bounds them.</param>
public sealed class BatchValidator(BatchLimits limits, AdmittedAgents? agents = null)
{
    /// <summary>
    /// Checks the samples of a builder. The valid batch takes over the builder's columns; errors are added to its <see cref="SampleBatchBuilder.Rejected"/>.
    /// </summary>
    public ValidationResult Validate(SampleBatchBuilder builder, long pcode, Timestamp now)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Complete();
        int truncated = 0;
        int madeIds = 0;
        foreach (KindSchema schema in SampleSchema.All)
        {
            if (builder.Samples.Find(schema.Kind) is { } table)
            {
                Check(table, builder, now);
                agents?.Check(table, builder.Rejected, pcode, now);
                truncated += builder.Truncated.CountKept(schema.Kind, builder.Rejected);
                madeIds += Complete(table, builder.Rejected, now);
            }
        }

        ValidBatch? batch = builder.Samples.RowCount == 0 ? null : new ValidBatch(pcode, builder.Samples);
        return new ValidationResult(batch, builder.Rejected.Total, truncated, madeIds);
    }

    private void Check(SampleTable table, SampleBatchBuilder builder, Timestamp now)
    {
        CheckTimes(table, builder.Rejected, now);
        AgentDefaults.Fill(table, builder);
        foreach (Field field in table.Schema.Fields)
        {
            if (field.Required)
            {
                CheckPresence(table, field, builder.Rejected);
            }

            if (table.FindTexts(field.Ordinal) is { } texts)
            {
                TextValidation.Check(table, field, texts, builder.Rejected);
            }
        }
    }

    private void CheckTimes(SampleTable table, RejectedSamples rejected, Timestamp now)
    {
        if (table.FindNumbers(KindSchema.Time) is not { } column)
        {
            return;
        }

        long latest = now.Milliseconds + (long)limits.MaxFutureSkew.TotalMilliseconds;
        long earliest = limits.RetentionOf(table.Schema.Kind) is { } retention ? now.Milliseconds - (long)retention.TotalMilliseconds : long.MinValue;
        ReadOnlySpan<long> times = column.Values;
        for (int row = 0; row < times.Length; row++)
        {
            long time = times[row];
            if ((time > latest || time < earliest) && time != NumberColumn.Missing)
            {
                string? value = rejected.Shows(table.Schema.Kind, row, table.Schema.Fields[KindSchema.Time]) ? FoundValue.Of(time) : null;
                rejected.Add(table.Schema.Kind, row, KindSchema.Time, time > latest ? RejectReason.Ahead : RejectReason.PastRetention, value);
            }
        }
    }

    private static void CheckPresence(SampleTable table, Field field, RejectedSamples rejected)
    {
        ReadOnlySpan<long> numbers = table.FindNumbers(field.Ordinal) is { } column ? column.Values : [];
        ReadOnlySpan<int> codes = table.FindTexts(field.Ordinal) is { } texts ? texts.Codes : [];
        bool complete = numbers.Length + codes.Length > 0 && !numbers.Contains(NumberColumn.Missing) && !codes.Contains(TextColumn.Missing);
        if (complete)
        {
            return;
        }

        for (int row = 0; row < table.RowCount; row++)
        {
            bool has = (row < numbers.Length && numbers[row] != NumberColumn.Missing) || (row < codes.Length && codes[row] != TextColumn.Missing);
            if (!has)
            {
                rejected.Add(table.Schema.Kind, row, field.Ordinal, RejectReason.Missing);
            }
        }
    }

    private static int Complete(SampleTable table, RejectedSamples rejected, Timestamp now)
    {
        if (rejected.CountOf(table.Schema.Kind) > 0)
        {
            RowRemoval.RemoveMarked(table, rejected.Marks(table.Schema.Kind));
        }

        int madeIds = 0;
        foreach (Field field in table.Schema.Fields)
        {
            if (field.IsGuid && table.RowCount > 0)
            {
                madeIds += TextValidation.MakeGuids(table, field, now);
            }
        }

        return madeIds;
    }
}

/// <summary>What the validator made of a batch. Which samples were rejected, and why, stands in the builder batch.</summary>
/// <param name="Batch">The samples that keep every rule, or null when there is none. It has the builder batch's columns.</param>
/// <param name="Rejected">How many samples were rejected.</param>
/// <param name="Truncated">How many of the samples kept had a text cut.</param>
/// <param name="MadeIds">How many of the samples kept were given an id here.</param>
public readonly record struct ValidationResult(ValidBatch? Batch, int Rejected, int Truncated, int MadeIds)
{
    /// <summary>How many samples are left, duplicates of alerts among them.</summary>
    public int Usable => Batch?.Samples.RowCount ?? 0;
}

/// <summary>How far from the present a sample's time may be. Immutable.</summary>
public sealed record BatchLimits
{
    /// <summary>How far ahead of the server's clock: clocks differ, but a time far ahead would stay in every "latest" for long.</summary>
    public TimeSpan MaxFutureSkew { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long the samples of each kind are kept, indexed by <see cref="Kind"/>; null (or a default array) keeps them always.</summary>
    public ImmutableArray<TimeSpan?> Retention { get; init; }

    /// <summary>How long samples of a kind are kept; null when they always are.</summary>
    public TimeSpan? RetentionOf(Kind kind) => Retention.IsDefaultOrEmpty ? null : Retention[(int)kind];
}
