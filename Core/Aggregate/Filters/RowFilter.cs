using TimeSeries.Core.Model.Ports;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Aggregate.Filters;

/// <summary>A query's filter, prepared for columns.</summary>
internal abstract class RowFilter
{
    /// <summary>Keeps only those of the selected rows that pass.</summary>
    public abstract void Apply(IColumnChunk chunk, SelectionVector selection);

    public static RowFilter Of(KindSchema schema, Filter filter) =>
        filter.Operator == FilterOperator.EitherOf ? new EitherFilter(schema, filter)
        : schema.Fields[filter.Field].IsText ? new TextFilter(filter)
        : new NumberFilter(filter);
}
