using System.Globalization;
using System.IO.Compression;
using nietras.SeparatedValues;
using NUnit.Framework;
using TimeSeries.Tests.Support.Disk;

namespace TimeSeries.Tests.Support.Samples;

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
        using SepReader reader = Sep.New(',').Reader(options => options with { Unescape = true }).From(stream);
        IReadOnlyList<string> header = reader.Header.ColNames;
        while (reader.MoveNext())
        {
            SampleRow row = new(kind);
            for (int i = 0; i < header.Count; i++)
            {
                row[header[i]] = Value(header[i], reader.Current[i].ToString());
            }

            yield return row;
        }
    }

    private static object? Value(string field, string cell) =>
        cell.Length == 0 ? null
        : _texts.Contains(field) ? cell
        : _fractions.Contains(field) ? (object)double.Parse(cell, CultureInfo.InvariantCulture)
        : long.Parse(cell, CultureInfo.InvariantCulture);
}
