using System.Collections.Immutable;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.Api;

/// <summary>
/// Reads <c>where</c>: <c>field:value</c>, <c>field!:value</c>, <c>field~:part</c>, and of numbers <c>field&gt;:number</c>, <c>field&gt;=:number</c>,
/// <c>field&lt;:number</c>, <c>field&lt;=:number</c>, split at the first operator. Fields must all hold; of one field any value or part, and every bound and
/// every negated value.
/// </summary>
internal static class WhereFilters
{
    /// <summary>The filters; or what is wrong.</summary>
    public static string? TryRead(KindSchema kind, IEnumerable<string> wheres, out ImmutableArray<Filter> filters)
    {
        filters = [];
        SortedDictionary<int, FieldConditions> byField = [];
        foreach (string where in wheres)
        {
            // No name of a field has one of these, so the first colon ends the first operator.
            int colon = where.IndexOf(':', StringComparison.Ordinal);
            int end = colon > 1 && where[colon - 1] == '=' && where[colon - 2] is '>' or '<' ? colon - 2
                : colon > 0 && where[colon - 1] is '!' or '~' or '>' or '<' ? colon - 1
                : colon;
            if (colon < 0)
            {
                return "where must be field:value, field!:value, field~:part, field>:number, field>=:number, field<:number or field<=:number, "
                    + $"found \"{where}\".";
            }

            if (kind.Find(where[..end]) is not { } field)
            {
                return $"There is no field \"{where[..end]}\" of {kind.Name}; there are {FieldRules.Names(kind, static _ => true)}.";
            }

            if (!byField.TryGetValue(field.Ordinal, out FieldConditions? conditions))
            {
                byField[field.Ordinal] = conditions = new FieldConditions(field);
            }

            if (conditions.TryAdd(where[end..(colon + 1)], where[(colon + 1)..]) is { } wrong)
            {
                return wrong;
            }
        }

        filters = [.. byField.Values.SelectMany(conditions => conditions.Filters())];
        return null;
    }
}
