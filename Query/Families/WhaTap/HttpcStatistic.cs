using System.Collections.Immutable;
using System.Globalization;
using System.IO.Hashing;
using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary>
/// <c>httpc</c>: a record a url, host and port, those that took the most time together first; and its filter form
/// <c>…/filter/host/{host}/port/{port}</c>, which keeps one host and port and splits by service too.
/// </summary>
internal static class HttpcStatistic
{
    private const int MaxPort = 65_535;
    private const int Url = 0;
    private const int Host = 1;
    private const int Port = 2;
    private const int Service = 3;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Httpc);
    private static readonly int _elapsed = _schema.Ordinal("elapsed");
    private static readonly int _host = _schema.Ordinal("host");
    private static readonly int _port = _schema.Ordinal("port");
    private static readonly ImmutableArray<GroupField> _key = [new(_schema.Ordinal("url")), new(_host), new(_port, MissingAs: 0)];
    // The index of each measure in the query below.
    private enum At
    {
        Count, Error, Sum, Min, Max, Squares,
    }

    public static WhatapList List { get; } = new(QueryOf, WriteRecord);

    /// <summary>Plans the filter form.</summary>
    public static WhatapPlan PlanFiltered(WhatapCall call)
    {
        List<string> parts = call.Parts();
        if (parts[(parts.IndexOf("filter") + 1)..] is not ["host", var host, "port", var port])
        {
            return WhatapPlan.UnknownPath("A filter is written /filter/host/{host}/port/{port}.");
        }

        return int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out int number) && number <= MaxPort
            ? Filtered(host, number).Plan(call)
            : WhatapPlan.BadParameter($"port must be a number from 0 to 65535, found \"{port}\".");
    }

    private static WhatapList Filtered(string host, int port)
    {
        // Host "" and port 0 stand for missing ones in responses; a port that is 0 looks the same.
        Filter ofHost = Filter.OfTexts(_host, FilterOperator.AnyOf, host);
        Filter ofPort = port == 0
            ? Filter.OfNumbers(_port, FilterOperator.AnyOf, 0, NumberColumn.Missing)
            : Filter.OfNumbers(_port, FilterOperator.AnyOf, port);
        return new WhatapList(
            (call, period) => QueryOf(call, period) with
            {
                GroupBy = [.. _key, new GroupField(_schema.Ordinal("service"))],
                Filters = [ofHost, ofPort],
            },
            WriteFilteredRecord);
    }

    private static SampleQuery QueryOf(WhatapCall call, TimeRange period) => new()
    {
        Pcode = call.Project.Pcode,
        Kind = Kind.Httpc,
        Range = period,
        GroupBy = _key,
        Measures =
        [
            new(MeasureKind.Count), new(MeasureKind.Count, Condition: RowCondition.Failed),
            new(MeasureKind.Sum, _elapsed), new(MeasureKind.Min, _elapsed), new(MeasureKind.Max, _elapsed), new(MeasureKind.SumOfSquares, _elapsed),
        ],
        Order = [new OrderTerm(OrderBy.Measure, (int)At.Sum) { Descending = true }],
    };

    private static void WriteRecord(Utf8JsonWriter json, QueryResult result, int row)
    {
        WriteCall(json, result, row);
        // Calls that still run: samples are only of those that have ended.
        json.WriteNumber("Actived"u8, 0);
        WriteTimes(json, result, row);
    }

    private static void WriteFilteredRecord(Utf8JsonWriter json, QueryResult result, int row)
    {
        WriteCall(json, result, row);
        WriteTimes(json, result, row);
        json.WriteString("Service"u8, result.KeyText(row, Service));
        json.WriteNumber("Service_hash"u8, (int)Crc32.HashToUInt32(result.KeyText(row, Service)));
    }

    private static void WriteCall(Utf8JsonWriter json, QueryResult result, int row)
    {
        long count = result.Count(row, (int)At.Count);
        Int128 sum = result.Sum(row, (int)At.Sum);
        json.WriteInteger("Sum"u8, ExactMath.Milliseconds(sum));
        json.WriteNumber("Port"u8, result.KeyNumber(row, Port));
        json.WriteString("Url"u8, result.KeyText(row, Url));
        json.WriteString("Host"u8, result.KeyText(row, Host));
        json.WriteInteger("Max"u8, ExactMath.Milliseconds(result.Number(row, (int)At.Max)));
        json.WriteDeviation("Stdev"u8, count, sum, result.SumOfSquares(row, (int)At.Squares));
    }

    private static void WriteTimes(Utf8JsonWriter json, QueryResult result, int row)
    {
        long count = result.Count(row, (int)At.Count);
        json.WriteInteger("Avg"u8, ExactMath.MeanMilliseconds(result.Sum(row, (int)At.Sum), count));
        json.WriteNumber("HostHash"u8, (int)Crc32.HashToUInt32(result.KeyText(row, Host)));
        json.WriteInteger("Min"u8, ExactMath.Milliseconds(result.Number(row, (int)At.Min)));
        json.WriteNumber("Error"u8, result.Count(row, (int)At.Error));
        json.WriteNumber("Total"u8, count);
        json.WriteNumber("UrlHash"u8, (int)Crc32.HashToUInt32(result.KeyText(row, Url)));
    }
}
