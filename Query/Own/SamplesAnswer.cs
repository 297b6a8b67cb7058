using System.Text.Json;
using TimeSeries.Core.Model;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Families;
using TimeSeries.Query.Numbers;

namespace TimeSeries.Query.Own;

/// <summary>
/// Writes the answer of <c>/api/v1/samples</c>, sample by sample, in the units of the wire; fields without a value are left out (in CSV: empty).
/// The cursor stands in the header <c>x-next</c> too, for formats without a place for it.
/// </summary>
internal sealed class SamplesAnswer(SamplesRequest request, SampleList samples)
{
    private readonly KindSchema _kind = SampleSchema.Of(request.Query.Kind);
    private readonly byte[] _room = new byte[DecimalText.MaxLength];

    public Task WriteAsync(HttpContext context)
    {
        string? next = samples.HasMore && samples.RowCount > 0
            ? new SampleCursor(request.Query.Kind, request.Query.Range, samples.Place(samples.RowCount - 1)).ToString()
            : null;
        if (next is not null)
        {
            context.Response.Headers["x-next"] = next;
        }

        return request.Format switch
        {
            AnswerFormat.Json => WriteJsonAsync(context, next),
            AnswerFormat.Csv => WriteCsvAsync(context),
            AnswerFormat.Lines => WriteLinesAsync(context),
            _ => throw new InvalidOperationException($"{request.Format} is not written."),
        };
    }

    private async Task WriteJsonAsync(HttpContext context, string? next)
    {
        await using JsonAnswer answer = await JsonAnswer.StartAsync(context);
        Utf8JsonWriter json = answer.Json;
        json.WriteStartObject();
        json.WriteString("kind"u8, _kind.Name);
        json.WriteNumber("from"u8, request.Query.Range.From);
        json.WriteNumber("to"u8, request.Query.Range.To);
        json.WriteStartArray("samples"u8);
        for (int row = 0; row < samples.RowCount; row++)
        {
            json.WriteStartObject();
            WriteFields(json, row);
            json.WriteEndObject();
            await answer.FlushWhenFullAsync();
        }

        json.WriteEndArray();
        json.WriteString("next"u8, next);
        json.WriteEndObject();
    }

    private async Task WriteCsvAsync(HttpContext context)
    {
        await using CsvAnswer answer = await CsvAnswer.StartAsync(context);
        foreach (Field field in _kind.Fields)
        {
            answer.Write(Cell.Text(field.Utf8Name.AsSpan()));
        }

        await answer.EndLineAsync();
        for (int row = 0; row < samples.RowCount; row++)
        {
            foreach (Field field in _kind.Fields)
            {
                answer.Write(Read(field, row));
            }

            await answer.EndLineAsync();
        }
    }

    private async Task WriteLinesAsync(HttpContext context)
    {
        await using LinesAnswer answer = await LinesAnswer.StartAsync(context);
        await answer.WriteAllAsync(samples.RowCount, WriteFields);
    }

    private void WriteFields(Utf8JsonWriter json, int row)
    {
        foreach (Field field in _kind.Fields)
        {
            Cell cell = Read(field, row);
            if (cell.Form != CellForm.Missing)
            {
                json.WritePropertyName(field.Utf8Name.AsSpan());
                cell.WriteTo(json);
            }
        }
    }

    // The question asks for every field in its order, so an ordinal is an index too.
    private Cell Read(Field field, int row)
    {
        int index = field.Ordinal;
        if (samples.IsMissing(row, index))
        {
            return Cell.Missing;
        }

        return field.Type switch
        {
            FieldType.Text => Cell.Text(samples.Text(row, index)),
            FieldType.Map => Cell.Object(samples.Text(row, index)),
            FieldType.Boolean => Cell.Literal(samples.Number(row, index) == 0 ? "false"u8 : "true"u8),
            FieldType.Time or FieldType.Integer or FieldType.Duration or FieldType.Number =>
                Cell.Literal(_room.AsSpan(0, DecimalText.Write(samples.Number(row, index), AskedFields.Decimals(field), _room))),
            _ => throw new InvalidOperationException($"{field.Type} is not written."),
        };
    }
}
