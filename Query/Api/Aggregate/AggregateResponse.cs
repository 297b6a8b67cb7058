using System.Globalization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Api.Aggregate;

/// <summary>
/// Writes the response of <c>/api/v1/aggregate</c>, row by row. What a format has no member for is in the headers <c>x-total</c>, <c>x-source</c>,
/// <c>x-watermark</c>.
/// </summary>
internal sealed class AggregateResponse(AggregateRequest request, QueryResult result, long watermark)
{
    private const int MemberCount = 9;
    private const int ColumnMemberCount = 2;

    private readonly byte[] _room = new byte[DecimalText.MaxLength];

    private string Source => result.Source switch
    {
        ResultSource.Raw => "raw",
        ResultSource.Rollup => "rollup",
        ResultSource.Both => "both",
        _ => throw new InvalidOperationException($"{result.Source} has no name."),
    };

    private string Watermark => DateTimeOffset.FromUnixTimeMilliseconds(watermark).ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture);

    public Task WriteAsync(HttpContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        headers["x-total"] = result.TotalGroups.ToString(CultureInfo.InvariantCulture);
        headers["x-source"] = Source;
        headers["x-watermark"] = Watermark;
        return request.Format switch
        {
            ResponseFormat.Json or ResponseFormat.MessagePack => WriteValuesAsync(context),
            ResponseFormat.Csv => Table().WriteCsvAsync(context),
            ResponseFormat.Lines => WriteLinesAsync(context),
            _ => throw new InvalidOperationException($"{request.Format} is not written."),
        };
    }

    private async Task WriteValuesAsync(HttpContext context)
    {
        await using ValueResponse response = await ValueResponse.StartAsync(context, request.Format);
        await WriteAsync(response.Writer, response.FlushWhenFullAsync);
    }

    /// <summary>Writes the response as a map.</summary>
    /// <param name="writer">Where it is written.</param>
    /// <param name="flush">Runs behind each row.</param>
    public async ValueTask WriteAsync(IValueWriter writer, Func<ValueTask> flush)
    {
        writer.WriteStartMap(MemberCount);
        writer.WriteText("kind"u8, SampleSchema.Of(request.Query.Kind).Name);
        writer.WriteNumber("from"u8, request.Query.Range.From);
        writer.WriteNumber("to"u8, request.Query.Range.To);
        writer.WriteText("window"u8, request.Window);
        writer.WriteStartArray("columns"u8, request.Columns.Length);
        foreach (AggregateColumn column in request.Columns)
        {
            writer.WriteStartMap(ColumnMemberCount);
            writer.WriteText("name"u8, column.Name);
            writer.WriteText("unit"u8, column.Unit);
            writer.WriteEndMap();
        }

        writer.WriteEndArray();
        writer.WriteName("rows"u8);
        await WriteRowsAsync(writer, flush);
        writer.WriteNumber("total"u8, result.TotalGroups);
        writer.WriteText("source"u8, Source);
        writer.WriteText("watermark"u8, Watermark);
        writer.WriteEndMap();
    }

    /// <summary>Writes the rows alone, as an array.</summary>
    public async ValueTask WriteRowsAsync(IValueWriter writer, Func<ValueTask> flush)
    {
        writer.WriteStartArray(result.RowCount);
        for (int row = 0; row < result.RowCount; row++)
        {
            writer.WriteStartArray(request.Columns.Length);
            foreach (AggregateColumn column in request.Columns)
            {
                writer.WriteCell(Read(column, row));
            }

            writer.WriteEndArray();
            await flush();
        }

        writer.WriteEndArray();
    }

    private async Task WriteLinesAsync(HttpContext context)
    {
        await using NdjsonResponse response = await NdjsonResponse.StartAsync(context);
        await response.WriteAllAsync(result.RowCount, Table().WriteObject);
    }

    private CellTable Table() =>
        new([.. request.Columns.Select(column => column.Name)], result.RowCount, (row, column) => Read(request.Columns[column], row));

    private Cell Read(AggregateColumn column, int row) => column.Read(request.Query, result, row, _room);
}
