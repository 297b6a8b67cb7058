using System.Text;
using NUnit.Framework;
using TimeSeries.Core;
using TimeSeries.Core.Log;
using TimeSeries.Core.Model.Samples;
using TimeSeries.Simulation.Disk;

namespace TimeSeries.Tests.Log;

/// <summary>A log on a faulty disk, with short segments, that texts are appended to.</summary>
internal sealed class LogUnderTest : IDisposable
{
    public const string Directory = "/data/log";
    public const ulong NodeId = 0x1122334455667788;

    private readonly CoreInstruments _instruments;

    /// <param name="disk">Where it lies; a new disk when there is none.</param>
    /// <param name="options">Its sizes; the shortest segments when there are none.</param>
    /// <param name="storedThrough">What the store has.</param>
    /// <param name="instruments">Where it counts; its own from now on.</param>
    public LogUnderTest(
        FaultyFileSystem? disk = null, WriteAheadLogOptions? options = null, LogPosition storedThrough = default, CoreInstruments? instruments = null)
    {
        _instruments = instruments ?? new CoreInstruments();
        Disk = disk ?? new FaultyFileSystem();
        Log = WriteAheadLog.Open(Disk, Directory, NodeId, options ?? new WriteAheadLogOptions { SegmentBytes = WriteAheadLogOptions.MinSegmentBytes },
            storedThrough, _instruments);
    }

    public FaultyFileSystem Disk { get; }

    public WriteAheadLog Log { get; }

    public static string SegmentPath(long start) => $"{Directory}/{start:D20}.log";

    /// <summary>The files of segments that the log has.</summary>
    public string[] Segments => FilesOf(".log");

    /// <summary>The files that wait to be written over.</summary>
    public string[] Spares => FilesOf(".spare");

    public LogOutcome Append(params string[] texts) => Append(texts, out _);

    public LogOutcome Append(string[] texts, out LogPosition[] ends)
    {
        ends = new LogPosition[texts.Length];
        return Log.Append([.. texts.Select(text => LogEntry.Of(Encoding.UTF8.GetBytes(text)))], ends);
    }

    /// <summary>Appends one record that must succeed, and gives its end.</summary>
    public LogPosition Acknowledged(string text)
    {
        Assert.That(Append([text], out LogPosition[] ends), Is.EqualTo(LogOutcome.Appended));
        return ends[0];
    }

    public List<string> ReadAll(LogPosition from = default) => ReadAll(from, out _);

    public List<string> ReadAll(LogPosition from, out IReadOnlyList<LogDamage> damage)
    {
        using LogReader reader = Log.Read(from);
        List<string> texts = [];
        while (reader.TryRead(out _, out ReadOnlyMemory<byte> payload))
        {
            texts.Add(Encoding.UTF8.GetString(payload.Span));
        }

        damage = reader.Damage;
        return texts;
    }

    private string[] FilesOf(string extension) => [.. Disk.List(Directory).Where(path => path.EndsWith(extension, StringComparison.Ordinal))];

    public void Dispose()
    {
        Log.Dispose();
        _instruments.Dispose();
    }
}
