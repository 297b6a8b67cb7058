using System.IO.Hashing;
using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary><c>transaction</c>: a record a service, those that took the most time together first.</summary>
internal static class TransactionStatistic
{
    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Transaction);
    private static readonly int _elapsed = _schema.Ordinal("elapsed");

    public static WhatapList List { get; } = new(QueryOf, WriteRecord);

    // The index of each measure in the query below.
    private enum At
    {
        Count, Error, Sum, Min, Max, Squares, Satisfied, Tolerated, Sketch,
        SqlCount, SqlTime, SqlFetch, SqlFetchTime, HttpcCount, HttpcTime, CpuTime, Malloc,
    }

    private static SampleQuery QueryOf(WhatapCall call, TimeRange period)
    {
        long threshold = call.Project.ApdexThreshold.Ticks / TimeSpan.TicksPerMicrosecond;
        return new SampleQuery
        {
            Pcode = call.Project.Pcode,
            Kind = Kind.Transaction,
            Range = period,
            GroupBy = [new GroupField(_schema.Ordinal("service"))],
            Measures =
            [
                new(MeasureKind.Count), new(MeasureKind.Count, Condition: RowCondition.Failed),
                new(MeasureKind.Sum, _elapsed), new(MeasureKind.Min, _elapsed), new(MeasureKind.Max, _elapsed), new(MeasureKind.SumOfSquares, _elapsed),
                new(MeasureKind.Satisfied, _elapsed, ThresholdMicroseconds: threshold),
                new(MeasureKind.Tolerated, _elapsed, ThresholdMicroseconds: threshold),
                new(MeasureKind.Sketch, _elapsed),
                SumOf("sql_count"), SumOf("sql_time"), SumOf("sql_fetch_count"), SumOf("sql_fetch_time"),
                SumOf("httpc_count"), SumOf("httpc_time"), SumOf("cpu_time"), SumOf("malloc"),
            ],
            Order = [new OrderTerm(OrderBy.Measure, (int)At.Sum) { Descending = true }],
        };
    }

    private static Measure SumOf(string field) => new(MeasureKind.Sum, _schema.Ordinal(field));

    private static void WriteRecord(Utf8JsonWriter json, QueryResult result, int row)
    {
        long count = result.Count(row, (int)At.Count);
        WriteApdex(json, result.Count(row, (int)At.Satisfied), result.Count(row, (int)At.Tolerated), count);
        json.WriteInteger("time_max"u8, ExactMath.Milliseconds(result.Number(row, (int)At.Max)));
        json.WriteInteger("sql_fetch_time"u8, ExactMath.Milliseconds(result.Sum(row, (int)At.SqlFetchTime)));
        json.WriteInteger("sql_time"u8, ExactMath.Milliseconds(result.Sum(row, (int)At.SqlTime)));
        json.WriteNumber("count"u8, count);
        json.WriteNumber("error"u8, result.Count(row, (int)At.Error));
        json.WriteInteger("sql_count"u8, result.Sum(row, (int)At.SqlCount));
        json.WriteNumber("hash"u8, (int)Crc32.HashToUInt32(result.KeyText(row, 0)));
        json.WriteInteger("sql_fetch"u8, result.Sum(row, (int)At.SqlFetch));
        Int128 httpcCount = result.Sum(row, (int)At.HttpcCount);
        json.WriteInteger("httpc_avg"u8, ExactMath.MeanMilliseconds(result.Sum(row, (int)At.HttpcTime), httpcCount));
        json.WriteInteger("cpu_avg"u8, ExactMath.MeanMilliseconds(result.Sum(row, (int)At.CpuTime), count));
        Int128 sum = result.Sum(row, (int)At.Sum);
        json.WriteInteger("time_sum"u8, ExactMath.Milliseconds(sum));
        json.WriteInteger("time_avg"u8, ExactMath.MeanMilliseconds(sum, count));
        json.WriteInteger("httpc_count"u8, httpcCount);
        json.WriteString("service"u8, result.KeyText(row, 0));
        json.WriteInteger("mem_avg"u8, ExactMath.Mean(result.Sum(row, (int)At.Malloc), count));

        // Not the vendor's, behind what is.
        json.WriteInteger("time_min"u8, ExactMath.Milliseconds(result.Number(row, (int)At.Min)));
        json.WriteDeviation("time_std"u8, count, sum, result.SumOfSquares(row, (int)At.Squares));
        json.WriteNumber("time_p50"u8, ExactMath.SketchMilliseconds(result.Quantile(row, (int)At.Sketch, 0.50)));
        json.WriteNumber("time_p95"u8, ExactMath.SketchMilliseconds(result.Quantile(row, (int)At.Sketch, 0.95)));
        json.WriteNumber("time_p99"u8, ExactMath.SketchMilliseconds(result.Quantile(row, (int)At.Sketch, 0.99)));
    }

    private static void WriteApdex(Utf8JsonWriter json, long satisfied, long tolerated, long count)
    {
        json.WriteNumber("apdex_tolerated"u8, tolerated);
        json.WriteNumber("apdex_satisfied"u8, satisfied);
        // (satisfied + tolerated/2) / count with one rounding.
        json.WriteNumber("apdex"u8, count == 0 ? 0 : ((2 * satisfied) + tolerated) / (2.0 * count));
    }
}
