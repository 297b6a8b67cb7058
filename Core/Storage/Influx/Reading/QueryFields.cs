using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>The fields that a query reads of each row.</summary>
internal static class QueryFields
{
    // The fields that conditions of measures read, in the kinds that have them.
    private static readonly string[] _conditions = ["error", "error_class", "status"];

    /// <summary>The ordinals, ascending; the time is not among them, since every response has it.</summary>
    public static int[] Of(KindSchema schema, SampleQuery query)
    {
        SortedSet<int> fields = [];
        foreach (GroupField group in query.GroupBy)
        {
            fields.Add(group.Field);
        }

        foreach (Filter filter in query.Filters)
        {
            fields.Add(filter.Field);
        }

        foreach (Measure measure in query.Measures)
        {
            if (measure.Field != Measure.NoField)
            {
                fields.Add(measure.Field);
            }

            if (measure.HasThreshold || measure.Condition != RowCondition.Every)
            {
                AddConditions(schema, fields);
            }
        }

        fields.Remove(KindSchema.Time);
        return [.. fields];
    }

    private static void AddConditions(KindSchema schema, SortedSet<int> fields)
    {
        foreach (string name in _conditions)
        {
            if (schema.Find(name) is { } field)
            {
                fields.Add(field.Ordinal);
            }
        }
    }
}
