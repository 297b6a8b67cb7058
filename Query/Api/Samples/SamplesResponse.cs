using TimeSeries.Core.Model.Queries;
using TimeSeries.Core.Schema;
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
    private readonly SampleWriter _samples = new(SampleSchema.Of(request.Query.Kind), samples);

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
            _samples.Write(writer, row);
            await response.FlushWhenFullAsync();
        }

        writer.WriteEndArray();
        writer.WriteText("next"u8, next);
        writer.WriteEndMap();
    }

    private CellTable Table() =>
        new([.. _kind.Fields.Select(field => field.Name)], samples.RowCount, (row, column) => _samples.Read(_kind.Fields[column], row));

    private async Task WriteLinesAsync(HttpContext context)
    {
        await using NdjsonResponse response = await NdjsonResponse.StartAsync(context);
        await response.WriteAllAsync(samples.RowCount, _samples.Write);
    }
}
