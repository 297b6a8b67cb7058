using System.Collections.Immutable;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Rollups;

/// <summary>Decides whether the rows of a rollup give exactly what a query asks of their samples.</summary>
internal static class RollupMatch
{
    /// <summary>Whether a rollup of this declaration has all that the query needs, whatever its threshold.</summary>
    public static bool Fits(KindSchema schema, RollupSpec spec, SampleQuery query)
    {
        foreach (GroupField group in query.GroupBy)
        {
            if (!spec.Keys.Contains(group.Field) || group.Bins is not null)
            {
                return false;
            }
        }

        foreach (Filter filter in query.Filters)
        {
            if (!spec.Keys.Contains(filter.Field) && !IsImplied(spec, filter))
            {
                return false;
            }
        }

        foreach (Measure measure in query.Measures)
        {
            if (IndexOf(schema, spec.Measures, measure) < 0)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether every row of the rollup passes the filter, since only samples with a value in the field are counted in it.</summary>
    public static bool IsImplied(RollupSpec spec, Filter filter) => filter.Operator == FilterOperator.Present && filter.Field == spec.PresentField;

    /// <summary>Whether the query leaves out every sample that the rollup does not count.</summary>
    public static bool NeedsOnlyCounted(RollupSpec spec, SampleQuery query)
    {
        if (spec.PresentField is not { } present)
        {
            return true;
        }

        foreach (Filter filter in query.Filters)
        {
            if (filter.Field == present && !LetsMissingPass(filter))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The measures of the rollup that those of the query are, or null when its apdex was counted with another threshold.</summary>
    public static int[]? MapMeasures(Rollup rollup, SampleQuery query)
    {
        int[] map = new int[query.Measures.Length];
        for (int i = 0; i < map.Length; i++)
        {
            Measure measure = query.Measures[i];
            map[i] = IndexOf(rollup.Schema, rollup.Spec.Measures, measure);
            if (map[i] < 0 || (measure.HasThreshold && measure.ThresholdMicroseconds != rollup.ApdexThresholdMicroseconds))
            {
                return null;
            }
        }

        return map;
    }

    private static bool LetsMissingPass(Filter filter) => filter.Operator switch
    {
        FilterOperator.AnyOf => filter.Texts.Contains("") || filter.Numbers.Contains(NumberColumn.Missing),
        FilterOperator.NoneOf => !filter.Texts.Contains("") && !filter.Numbers.Contains(NumberColumn.Missing),
        FilterOperator.ContainsAnyOf or FilterOperator.GreaterThanAnyOf or FilterOperator.LessThanAnyOf
            or FilterOperator.Present or FilterOperator.HasEntryAnyOf => false,
        _ => true,
    };

    private static int IndexOf(KindSchema schema, ImmutableArray<Measure> measures, Measure measure)
    {
        // Every sample has a value in a required field, so counting those that do counts all.
        bool countsAll = measure.Kind == MeasureKind.Count && measure.Field >= 0 && schema.Fields[measure.Field].Required;
        Measure wanted = measure with { Field = countsAll ? Measure.NoField : measure.Field, ThresholdMicroseconds = 0 };
        return measures.IndexOf(wanted);
    }
}
