using System.Collections.Immutable;
using System.Globalization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Influx.Client;

namespace TimeSeries.Core.Storage.Influx.Reading;

/// <summary>
/// The filters of a query that InfluxDB applies exactly: agents and alert ids, by tags, and whole texts of other fields, which it has to read, but of which it
/// sends only the few rows that pass. All values are bound. The host applies every filter too.
/// </summary>
internal sealed class PushdownPredicates
{
    // Most terms of one condition; a longer list is left to the host.
    private const int MaxTerms = 100;

    // Digits of an alert's id in its tag.
    private const int TagLength = 2;

    private readonly string[] _oids = [];
    private readonly string[] _ids = [];
    private readonly List<(string Field, string[] Texts)> _texts = [];

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
                // Without ranges of times that are short, InfluxDB would read all points of a field before its response begins. So nothing is counted by texts.
                IsComplete = false;
                if (kind != Kind.Alert && IsOfTexts(kind, filter))
                {
                    _texts.Add((SampleSchema.Of(kind).Fields[filter.Field].Name, [.. filter.Texts.Distinct()]));
                }
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
        foreach ((string field, string[] texts) in _texts)
        {
            statement.WhereAny(field, texts);
        }
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

    // Alerts are left to the host: which of two with one id counts must not depend on a filter. So are texts of other characters than everybody reads alike.
    private static bool IsOfTexts(Kind kind, Filter filter) =>
        SampleSchema.Of(kind).Fields[filter.Field].Type == FieldType.Text
        && filter.Operator == FilterOperator.AnyOf && filter.Texts.Length is > 0 and <= MaxTerms
        && filter.Texts.All(text => text.Length > 0 && text.All(character => character is >= ' ' and <= '~'));

    // A text of other characters is no id, so a condition on it would find nothing.
    private static bool IsOfIds(Filter filter) =>
        filter.Operator == FilterOperator.AnyOf && filter.Texts.Length is > 0 and <= MaxTerms
        && filter.Texts.All(text => text.Length >= TagLength && text.All(char.IsAscii));
}
