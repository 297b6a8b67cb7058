using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Api.Samples;

/// <summary>
/// Writes the response of <c>/api/v1/samples</c>, sample by sample, in the units of the wire; fields without a value are left out (in CSV: empty).
/// The cursor is in the header <c>x-next</c> too, for formats that have no member for it.
/// </summary>
internal sealed class SamplesResponse(SamplesRequest request, SampleList samples)
{
    private const int MemberCount = 5;

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
            ResponseFormat.Json or ResponseFormat.MessagePack => WriteValuesAsync(context, next),
            ResponseFormat.Csv => Table().WriteCsvAsync(context),
            ResponseFormat.Lines => WriteLinesAsync(context),
            _ => throw new InvalidOperationException($"{request.Format} is not written."),
        };
    }

    private async Task WriteValuesAsync(HttpContext context, string? next)
    {
        await using ValueResponse response = await ValueResponse.StartAsync(context, request.Format);
        IValueWriter writer = response.Writer;
        writer.WriteStartMap(MemberCount);
        writer.WriteText("kind"u8, _kind.Name);
        writer.WriteNumber("from"u8, request.Query.Range.From);
        writer.WriteNumber("to"u8, request.Query.Range.To);
        writer.WriteStartArray("samples"u8, samples.RowCount);
        for (int row = 0; row < samples.RowCount; row++)
        {
            WriteSample(writer, row);
            await response.FlushWhenFullAsync();
        }

        writer.WriteEndArray();
        writer.WriteText("next"u8, next);
        writer.WriteEndMap();
    }

    private CellTable Table() =>
        new([.. _kind.Fields.Select(field => field.Name)], samples.RowCount, (row, column) => Read(_kind.Fields[column], row));

    private async Task WriteLinesAsync(HttpContext context)
    {
        await using NdjsonResponse response = await NdjsonResponse.StartAsync(context);
        await response.WriteAllAsync(samples.RowCount, WriteSample);
    }

    private void WriteSample(IValueWriter writer, int row)
    {
        int present = 0;
        foreach (Field field in _kind.Fields)
        {
            present += samples.IsMissing(row, field.Ordinal) ? 0 : 1;
        }

        writer.WriteStartMap(present);
        foreach (Field field in _kind.Fields)
        {
            Cell cell = Read(field, row);
            if (cell.Form != CellForm.Missing)
            {
                writer.WriteName(field.Utf8Name.AsSpan());
                writer.WriteCell(cell);
            }
        }

        writer.WriteEndMap();
    }

    // The query has every field in its order, so an ordinal is an index too.
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
            FieldType.Boolean => Cell.Boolean(samples.Number(row, index) != 0),
            FieldType.Time or FieldType.Integer or FieldType.Duration or FieldType.Number => Number(samples.Number(row, index), FieldRules.Decimals(field)),
            _ => throw new InvalidOperationException($"{field.Type} is not written."),
        };
    }

    private Cell Number(long parts, int decimals) => Cell.Number(_room.AsSpan(0, DecimalText.Write(parts, decimals, _room)), decimals);
}
