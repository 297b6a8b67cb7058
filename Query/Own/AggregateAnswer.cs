using System.Globalization;
using System.Text;
using System.Text.Json;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Families;
using TimeSeries.Query.Numbers;

namespace TimeSeries.Query.Own;

/// <summary>
/// Writes the answer of <c>/api/v1/aggregate</c>, row by row. What a format has no place for stands in the headers <c>x-total</c>, <c>x-source</c>, <c>x-watermark</c>.
/// </summary>
internal sealed class AggregateAnswer(AggregateRequest request, QueryResult result, long watermark)
{
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
            AnswerFormat.Json => WriteJsonAsync(context),
            AnswerFormat.Csv => WriteCsvAsync(context),
            AnswerFormat.Lines => WriteLinesAsync(context),
            _ => throw new InvalidOperationException($"{request.Format} is not written."),
        };
    }

    private async Task WriteJsonAsync(HttpContext context)
    {
        await using JsonAnswer answer = await JsonAnswer.StartAsync(context);
        Utf8JsonWriter json = answer.Json;
        json.WriteStartObject();
        json.WriteString("kind"u8, SampleSchema.Of(request.Query.Kind).Name);
        json.WriteNumber("from"u8, request.Query.Range.From);
        json.WriteNumber("to"u8, request.Query.Range.To);
        json.WriteString("window"u8, request.Window);
        json.WriteStartArray("columns"u8);
        foreach (AnswerColumn column in request.Columns)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, column.Name);
            json.WriteString("unit"u8, column.Unit);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("rows"u8);
        for (int row = 0; row < result.RowCount; row++)
        {
            json.WriteStartArray();
            foreach (AnswerColumn column in request.Columns)
            {
                Read(column, row).WriteTo(json);
            }

            json.WriteEndArray();
            await answer.FlushWhenFullAsync();
        }

        json.WriteEndArray();
        json.WriteNumber("total"u8, result.TotalGroups);
        json.WriteString("source"u8, Source);
        json.WriteString("watermark"u8, Watermark);
        json.WriteEndObject();
    }

    private async Task WriteCsvAsync(HttpContext context)
    {
        await using CsvAnswer answer = await CsvAnswer.StartAsync(context);
        foreach (AnswerColumn column in request.Columns)
        {
            answer.Write(Cell.Text(Encoding.UTF8.GetBytes(column.Name)));
        }

        await answer.EndLineAsync();
        for (int row = 0; row < result.RowCount; row++)
        {
            foreach (AnswerColumn column in request.Columns)
            {
                answer.Write(Read(column, row));
            }

            await answer.EndLineAsync();
        }
    }

    private async Task WriteLinesAsync(HttpContext context)
    {
        await using LinesAnswer answer = await LinesAnswer.StartAsync(context);
        await answer.WriteAllAsync(result.RowCount, (json, row) =>
        {
            foreach (AnswerColumn column in request.Columns)
            {
                json.WritePropertyName(column.Name);
                Read(column, row).WriteTo(json);
            }
        });
    }

    private Cell Read(AnswerColumn column, int row) => column.Read(request.Query, result, row, _room);
}
