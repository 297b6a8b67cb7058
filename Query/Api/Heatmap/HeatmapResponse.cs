using System.Globalization;
using TimeSeries.Core.Model.Queries;
using TimeSeries.Query.Numbers;
using TimeSeries.Query.Responses;

namespace TimeSeries.Query.Api.Heatmap;

/// <summary>Writes the response of <c>/api/v1/heatmap</c>: bins that have samples, by column, then row.</summary>
internal sealed class HeatmapResponse(HeatmapRequest request, QueryResult result)
{
    private const int MemberCount = 7;
    private const int CellMemberCount = 3;
    private const int ElapsedDecimals = 3;

    // The measures of the query.
    private const int All = 0;
    private const int Errors = 1;

    private readonly byte[] _room = new byte[DecimalText.MaxLength];

    public async Task WriteAsync(HttpContext context)
    {
        await using ValueResponse response = await ValueResponse.StartAsync(context, request.Format);
        IValueWriter writer = response.Writer;
        writer.WriteStartMap(MemberCount);
        writer.WriteNumber("from"u8, request.Query.Range.From);
        writer.WriteNumber("to"u8, request.Query.Range.To);
        writer.WriteNumber("xStep"u8, request.Step);
        writer.WriteStartArray("yEdges"u8, request.Bins.Edges.Length);
        foreach (long edge in request.Bins.Edges)
        {
            writer.WriteCell(Cell.Fraction(_room.AsSpan(0, DecimalText.Write(edge, ElapsedDecimals, _room))));
        }

        writer.WriteEndArray();
        writer.WriteStartArray("count"u8, CountCells(All));
        await WriteCellsAsync(response, All);
        writer.WriteStartArray("errors"u8, CountCells(Errors));
        await WriteCellsAsync(response, Errors);
        writer.WriteNumber("total"u8, CountSamples());
        writer.WriteEndMap();
    }

    private int CountCells(int measure)
    {
        int cells = 0;
        for (int row = 0; row < result.RowCount; row++)
        {
            cells += result.Count(row, measure) > 0 ? 1 : 0;
        }

        return cells;
    }

    private async Task WriteCellsAsync(ValueResponse response, int measure)
    {
        IValueWriter writer = response.Writer;
        for (int row = 0; row < result.RowCount; row++)
        {
            if (result.Count(row, measure) is > 0 and var count)
            {
                writer.WriteStartArray(CellMemberCount);
                WriteInteger(writer, (result.WindowStart(row) - request.Query.Range.From) / request.Step);
                WriteInteger(writer, request.Bins.IndexOf(result.KeyNumber(row, 0)));
                WriteInteger(writer, count);
                writer.WriteEndArray();
                await response.FlushWhenFullAsync();
            }
        }

        writer.WriteEndArray();
    }

    private long CountSamples()
    {
        long sum = 0;
        for (int row = 0; row < result.RowCount; row++)
        {
            sum += result.Count(row, All);
        }

        return sum;
    }

    private void WriteInteger(IValueWriter writer, long number)
    {
        number.TryFormat(_room, out int length, default, CultureInfo.InvariantCulture);
        writer.WriteCell(Cell.Integer(_room.AsSpan(0, length)));
    }
}
