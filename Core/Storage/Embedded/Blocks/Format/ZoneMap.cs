using System.Collections.Immutable;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Format;

/// <summary>Tells from a chunk's least and greatest values whether a row of it may pass a query's filters.</summary>
internal static class ZoneMap
{
    public static bool MayPass(BlockIndex index, int chunk, ImmutableArray<Filter> filters)
    {
        foreach (Filter filter in filters)
        {
            ColumnIndex? column = index.Columns[filter.Field];
            bool allMissing = column is null || column.Chunks[chunk].IsEmpty;
            bool mayPass = index.Schema.Fields[filter.Field].IsText
                ? TextsMayPass(allMissing, filter)
                : NumbersMayPass(allMissing, allMissing ? 0 : column!.Least[chunk], allMissing ? 0 : column!.Greatest[chunk], filter);
            if (!mayPass)
            {
                return false;
            }
        }

        return true;
    }

    private static bool TextsMayPass(bool allMissing, Filter filter) => filter.Operator switch
    {
        FilterOperator.Present or FilterOperator.HasEntryAnyOf => !allMissing,
        FilterOperator.AnyOf or FilterOperator.ContainsAnyOf => !allMissing || filter.Texts.Contains(string.Empty),
        _ => true,
    };

    private static bool NumbersMayPass(bool allMissing, long least, long greatest, Filter filter) => filter.Operator switch
    {
        FilterOperator.Present => !allMissing,
        FilterOperator.AnyOf => AnyWithin(allMissing, least, greatest, filter.Numbers),
        FilterOperator.GreaterThanAnyOf => !allMissing && !filter.Numbers.IsEmpty && greatest > filter.Numbers.Min(),
        FilterOperator.LessThanAnyOf => !allMissing && !filter.Numbers.IsEmpty && least < filter.Numbers.Max(),
        _ => true,
    };

    private static bool AnyWithin(bool allMissing, long least, long greatest, ImmutableArray<long> numbers)
    {
        foreach (long number in numbers)
        {
            if (number == NumberColumn.Missing || (!allMissing && number >= least && number <= greatest))
            {
                return true;
            }
        }

        return false;
    }
}
