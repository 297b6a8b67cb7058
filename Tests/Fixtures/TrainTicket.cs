using System.Globalization;
using System.IO.Compression;
using System.Text;
using NUnit.Framework;

namespace TimeSeries.Tests.Fixtures;

/// <summary>
/// The recorded day of the Train-Ticket application: server, SQL and HTTP client spans as samples, each naming its own agent.
/// It lies outside the repository, in the folder that TRAINTICKET_DIR names or in <c>../shared/data/trainticket</c> beside it.
/// </summary>
public static class TrainTicket
{
    private static readonly string[] _kinds = ["transaction", "sql", "httpc"];
    private static readonly string[] _texts = ["oname", "txid", "service", "method", "sql", "db", "url", "host"];
    private static readonly string[] _fractions = ["elapsed", "sql_time", "httpc_time"];

    private static readonly Lazy<IReadOnlyList<SampleRow>> _rows = new(() => [.. _kinds.SelectMany(Read)]);

    public static string Folder { get; } = Environment.GetEnvironmentVariable("TRAINTICKET_DIR") is { Length: > 0 } folder
        ? folder
        : Path.GetFullPath(RepositoryFolder.Combine("..", "shared", "data", "trainticket"));

    /// <summary>All samples of the three kinds, in file order. Skips the running test when there are no files.</summary>
    public static IReadOnlyList<SampleRow> Rows
    {
        get
        {
            if (!_kinds.All(kind => File.Exists(FileOf(kind))))
            {
                Assert.Ignore($"No Train-Ticket files in {Folder}; name their folder in TRAINTICKET_DIR.");
            }

            return _rows.Value;
        }
    }

    private static string FileOf(string kind) => Path.Combine(Folder, kind + ".csv.gz");

    private static IEnumerable<SampleRow> Read(string kind)
    {
        using GZipStream stream = new(File.OpenRead(FileOf(kind)), CompressionMode.Decompress);
        using StreamReader reader = new(stream, Encoding.UTF8);
        string[] header = reader.ReadLine()!.Split(',');
        while (reader.ReadLine() is { } line)
        {
            string[] cells = Split(line);
            SampleRow row = new(kind);
            for (int i = 0; i < header.Length; i++)
            {
                row[header[i]] = Value(header[i], cells[i]);
            }

            yield return row;
        }
    }

    private static object? Value(string field, string cell) =>
        cell.Length == 0 ? null
        : _texts.Contains(field) ? cell
        : _fractions.Contains(field) ? (object)double.Parse(cell, CultureInfo.InvariantCulture)
        : long.Parse(cell, CultureInfo.InvariantCulture);

    // RFC 4180: a cell in quotes may hold commas, and quotes doubled.
    private static string[] Split(string line)
    {
        List<string> cells = [];
        StringBuilder cell = new();
        bool quoted = false;
        for (int i = 0; i < line.Length; i++)
        {
            char c = line[i];
            if (c == '"' && quoted && i + 1 < line.Length && line[i + 1] == '"')
            {
                cell.Append('"');
                i++;
            }
            else if (c == '"')
            {
                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                cells.Add(cell.ToString());
                cell.Clear();
            }
            else
            {
                cell.Append(c);
            }
        }

        cells.Add(cell.ToString());
        return [.. cells];
    }
}
