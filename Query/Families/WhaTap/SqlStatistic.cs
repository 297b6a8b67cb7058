using System.IO.Hashing;
using System.Text.Json;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Families.WhaTap;

/// <summary><c>sql</c>: a record a database and statement, the slowest on average first.</summary>
internal static class SqlStatistic
{
    private const int Db = 0;
    private const int Sql = 1;

    private static readonly KindSchema _schema = SampleSchema.Of(Kind.Sql);
    private static readonly int _elapsed = _schema.Ordinal("elapsed");

    public static WhatapList List { get; } = new(QueryOf, WriteRecord);

    // The index of each measure in the query below.
    private enum At
    {
        Count, Error, Sum, Min, Max, Squares, Sketch, FetchCount, FetchTime,
    }

    private static SampleQuery QueryOf(WhatapCall call, TimeRange period) => new()
    {
        Pcode = call.Project.Pcode,
        Kind = Kind.Sql,
        Range = period,
        GroupBy = [new GroupField(_schema.Ordinal("db")), new GroupField(_schema.Ordinal("sql"))],
        Measures =
        [
            new(MeasureKind.Count), new(MeasureKind.Count, Condition: RowCondition.Failed),
            new(MeasureKind.Sum, _elapsed), new(MeasureKind.Min, _elapsed), new(MeasureKind.Max, _elapsed), new(MeasureKind.SumOfSquares, _elapsed),
            new(MeasureKind.Sketch, _elapsed),
            new(MeasureKind.Sum, _schema.Ordinal("fetch_count")), new(MeasureKind.Sum, _schema.Ordinal("fetch_time")),
        ],
        // The exact mean: whole milliseconds would leave most statements equal.
        Order = [new OrderTerm(OrderBy.Ratio, (int)At.Sum, (int)At.Count) { Descending = true }],
    };

    private static void WriteRecord(Utf8JsonWriter json, QueryResult result, int row)
    {
        long count = result.Count(row, (int)At.Count);
        Int128 sum = result.Sum(row, (int)At.Sum);
        ReadOnlySpan<byte> db = result.KeyText(row, Db);
        ReadOnlySpan<byte> sql = result.KeyText(row, Sql);
        json.WriteInteger("time_max"u8, ExactMath.Milliseconds(result.Number(row, (int)At.Max)));
        json.WriteNumber("dbcHash"u8, (int)Crc32.HashToUInt32(db));
        json.WriteString("db"u8, db);
        json.WriteInteger("time_min"u8, ExactMath.Milliseconds(result.Number(row, (int)At.Min)));
        json.WriteInteger("fetch_count"u8, result.Sum(row, (int)At.FetchCount));
        json.WriteNumber("hash"u8, (int)Crc32.HashToUInt32(sql));
        json.WriteInteger("fetch_time"u8, ExactMath.Milliseconds(result.Sum(row, (int)At.FetchTime)));
        json.WriteNumber("sql_crud"u8, SqlCommand.Crud(sql));
        json.WriteNumber("count_total"u8, count);
        json.WriteNumber("count_error"u8, result.Count(row, (int)At.Error));
        json.WriteString("sql"u8, sql);
        json.WriteInteger("time_sum"u8, ExactMath.Milliseconds(sum));
        json.WriteInteger("time_avg"u8, ExactMath.MeanMilliseconds(sum, count));
        json.WriteDeviation("time_std"u8, count, sum, result.SumOfSquares(row, (int)At.Squares));
        // Statements that still run: samples are only of those that have ended.
        json.WriteNumber("count_actived"u8, 0);

        // Not the vendor's, behind what is.
        json.WriteNumber("time_p95"u8, ExactMath.SketchMilliseconds(result.Quantile(row, (int)At.Sketch, 0.95)));
    }
}
