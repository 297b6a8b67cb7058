using System.Collections.Immutable;
using System.Globalization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;

namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>
/// The filters of a query that InfluxDB applies exactly and cheaply, by tags: agents and alert ids. All values are bound.
/// The host applies every filter too.
/// </summary>
internal sealed class PushdownPredicates
{
    // Most terms of one condition; a longer list is left to the host.
    private const int MaxTerms = 100;

    // Digits of an alert's id in its tag.
    private const int TagLength = 2;

    private readonly string[] _oids = [];
    private readonly string[] _ids = [];

    public PushdownPredicates(Kind kind, ImmutableArray<Filter> filters)
    {
        int id = kind == Kind.Alert ? SampleSchema.Of(kind).Ordinal("id") : -1;
        IsComplete = true;
        foreach (Filter filter in filters)
        {
            if (filter.Field == KindSchema.Oid && _oids.Length == 0 && IsOfOids(filter))
            {
                _oids = [.. filter.Numbers.Select(oid => oid.ToString(CultureInfo.InvariantCulture)).Distinct()];
            }
            else if (filter.Field == id && _ids.Length == 0 && IsOfIds(filter))
            {
                _ids = [.. filter.Texts.Distinct()];
            }
            else
            {
                IsComplete = false;
            }
        }
    }

    /// <summary>Whether no filter is left to the host.</summary>
    public bool IsComplete { get; }

    /// <summary>Whether the query names alert ids.</summary>
    public bool HasIds => _ids.Length > 0;

    /// <summary>Adds the conditions to a statement behind its times.</summary>
    public void AddTo(InfluxStatement statement)
    {
        if (_oids.Length > 0)
        {
            statement.WhereAny(InfluxSchema.OidTag, _oids);
        }

        AddIds(statement);
    }

    /// <summary>Adds the condition on ids alone.</summary>
    public void AddIds(InfluxStatement statement)
    {
        if (_ids.Length > 0)
        {
            statement.WhereAny(InfluxSchema.AlertTag, [.. _ids.Select(id => id[..TagLength]).Distinct()]).WhereAny("id", _ids);
        }
    }

    private static bool IsOfOids(Filter filter) =>
        filter.Operator == FilterOperator.AnyOf && filter.Numbers.Length is > 0 and <= MaxTerms && !filter.Numbers.Contains(NumberColumn.Missing);

    // A text of other characters is no id, so a condition on it would find nothing.
    private static bool IsOfIds(Filter filter) =>
        filter.Operator == FilterOperator.AnyOf && filter.Texts.Length is > 0 and <= MaxTerms
        && filter.Texts.All(text => text.Length >= TagLength && text.All(char.IsAscii));
}
