using System.Collections.Immutable;
using System.Text;

namespace TimeSeries.Query.Responses;

/// <summary>Rows of cells under names, which are written as CSV with a header line, or as JSON objects. Owned by one request.</summary>
internal sealed class CellTable(ImmutableArray<string> columns, int rowCount, CellReader read)
{
    private readonly byte[][] _names = [.. columns.Select(Encoding.UTF8.GetBytes)];

    public async Task WriteCsvAsync(HttpContext context)
    {
        await using CsvResponse response = await CsvResponse.StartAsync(context);
        foreach (byte[] name in _names)
        {
            response.Write(Cell.Text(name));
        }

        await response.EndLineAsync();
        for (int row = 0; row < rowCount; row++)
        {
            for (int column = 0; column < _names.Length; column++)
            {
                response.Write(read(row, column));
            }

            await response.EndLineAsync();
        }
    }

    /// <summary>Writes an array of objects, or CSV in its place.</summary>
    public async Task WriteAsync(HttpContext context, bool isCsv)
    {
        if (isCsv)
        {
            await WriteCsvAsync(context);
            return;
        }

        await using JsonResponse response = await JsonResponse.StartAsync(context);
        response.Json.WriteStartArray();
        for (int row = 0; row < rowCount; row++)
        {
            WriteObject(new JsonValueWriter(response.Json), row);
            await response.FlushWhenFullAsync();
        }

        response.Json.WriteEndArray();
    }

    /// <summary>Writes a row as an object.</summary>
    public void WriteObject(IValueWriter writer, int row)
    {
        writer.WriteStartMap(_names.Length);
        for (int column = 0; column < _names.Length; column++)
        {
            writer.WriteName(_names[column]);
            writer.WriteCell(read(row, column));
        }

        writer.WriteEndMap();
    }
}

/// <summary>Reads the cell of a row and column. It is valid until the next one is read.</summary>
internal delegate Cell CellReader(int row, int column);
