using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>Makes one rollup of several of one declaration: each key once, with what all of them know.</summary>
internal static class RollupMerge
{
    /// <summary>
    /// The rollup of an hour, or null when the parts are not all of today's declaration and of one apdex threshold, one is marked raw, or there are too many
    /// keys.
    /// </summary>
    /// <param name="schema">The kind.</param>
    /// <param name="specIndex">Which rollup of the kind.</param>
    /// <param name="parts">Rollups of 5 minutes, all inside of the hour.</param>
    /// <param name="hour">Start of the hour in ms.</param>
    /// <param name="samples">How many samples they are of, together.</param>
    public static Rollup? TryMerge(KindSchema schema, int specIndex, IReadOnlyList<Rollup> parts, long hour, long samples)
    {
        RollupSpec spec = schema.Rollups[specIndex];
        long threshold = parts.Count == 0 ? 0 : parts[0].ApdexThresholdMicroseconds;
        Measure[] measures = [.. spec.Measures];
        foreach (ref Measure measure in measures.AsSpan())
        {
            measure = measure.HasThreshold ? measure with { ThresholdMicroseconds = threshold } : measure;
        }

        RollupLevelBuilder builder = new(schema, spec, measures, samplesPerRow: 1);
        foreach (Rollup part in parts)
        {
            if (!part.IsOf(spec) || part.ApdexThresholdMicroseconds != threshold)
            {
                return null;
            }

            builder.Add(part);
        }

        builder.Close(hour, samples, coarser: null);
        return builder.Complete(specIndex, RollupLevel.Hour, threshold) is { } section ? Rollup.TryRead(section.Bytes.Span) : null;
    }
}
