using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary><c>remote</c>: a record a client address, the busiest first. Transactions without an address are left out.</summary>
internal static class RemoteStatistic
{
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);
    private static readonly int _address = _schema.Ordinal("remote_ip");

    public static WhatapList List { get; } = new(QueryOf, WriteRecord);

    // The index of each measure in the query below.
    private enum At
    {
        Count, City, Country,
    }

    private static SampleQuery QueryOf(WhatapCall call, TimeRange period) => new()
    {
        Pcode = call.Project.Pcode,
        Kind = Kind.Transaction,
        Range = period,
        GroupBy = [new GroupField(_address)],
        Measures =
        [
            new(MeasureKind.Count), new(MeasureKind.Latest, _schema.Ordinal("city")), new(MeasureKind.Latest, _schema.Ordinal("country")),
        ],
        Filters = [Filter.Present(_address)],
        Order = [new OrderTerm(OrderBy.Measure, (int)At.Count) { Descending = true }],
    };

    private static void WriteRecord(Utf8JsonWriter json, QueryResult result, int row)
    {
        json.WriteNumber("count"u8, result.Count(row, (int)At.Count));
        json.WriteString("city"u8, result.LatestText(row, (int)At.City));
        json.WriteString("country"u8, result.LatestText(row, (int)At.Country));
        json.WriteString("ip"u8, result.KeyText(row, 0));
    }
}
