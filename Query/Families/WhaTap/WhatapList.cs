using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>A statistic whose response is a list of records: its query, and the shape of one record.</summary>
/// <param name="QueryOf">The query of a call and a period.</param>
/// <param name="WriteRecord">Writes the fields of a row's record.</param>
internal sealed record WhatapList(Func<WhatapCall, TimeRange, SampleQuery> QueryOf, Action<Utf8JsonWriter, QueryResult, int> WriteRecord)
{
    private const int MaxRecords = 10_000;

    /// <summary>Plans a request, with stime and etime in the path or the query string.</summary>
    public WhatapPlan Plan(WhatapCall call) =>
        WhatapPeriod.TryRead(call.Parameter("stime"), call.Parameter("etime"), call.Now, out TimeRange period) is { } wrong
            ? WhatapPlan.BadParameter(wrong)
            : WhatapPlan.Of(QueryOf(call, period) with { Limit = MaxRecords }, WriteAsync);

    private async ValueTask WriteAsync(JsonResponse response, QueryResult result)
    {
        Utf8JsonWriter json = response.Json;
        json.WriteStartObject();
        json.WriteStartArray("records"u8);
        for (int row = 0; row < result.RowCount; row++)
        {
            json.WriteStartObject();
            WriteRecord(json, result, row);
            json.WriteEndObject();
            await response.FlushWhenFullAsync();
        }

        json.WriteEndArray();
        json.WriteNumber("total"u8, result.TotalGroups);
        json.WriteEndObject();
    }
}
