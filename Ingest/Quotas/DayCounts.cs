using System.Buffers;
using System.Text.Json;
using TimeSeries.Core.Files;
using TimeSeries.Ingest.Commit;

namespace TimeSeries.Ingest.Quotas;

/// <summary>
/// What projects with a limit a day have stored through this node, kept through kills while a shared store can't tell: in <c>quotas.json</c> up to a sequence
/// number, and from there on in the WAL. The file is written before the WAL forgets what is counted in it. Restored by one thread before the host listens.
/// </summary>
internal sealed partial class DayCounts
{
    private const long DayMilliseconds = 86_400_000;

    private readonly IFileSystem _files;
    private readonly string _path;
    private readonly Dictionary<long, (long Day, long Samples)> _kept = [];
    private readonly Dictionary<(long Pcode, long Day), long> _replayed = [];
    private readonly long _number;

    /// <param name="files">The disk.</param>
    /// <param name="directory">The storage directory.</param>
    /// <param name="isWanted">Whether the store is a shared one; another one is asked itself, before the host listens.</param>
    /// <param name="logger">Is told of a file that can't be read.</param>
    public DayCounts(IFileSystem files, string directory, bool isWanted, ILogger<DayCounts> logger)
    {
        (_files, _path, IsWanted) = (files, Path.Combine(directory, "quotas.json"), isWanted);
        if (!isWanted || !files.Exists(_path))
        {
            return;
        }

        try
        {
            using IFile file = files.Open(_path, FileAccess.Read);
            byte[] bytes = new byte[file.Length];
            using JsonDocument document = JsonDocument.Parse(bytes.AsMemory(0, file.Read(bytes, 0)));
            foreach (JsonElement project in document.RootElement.GetProperty("projects").EnumerateArray())
            {
                _kept[project.GetProperty("pcode").GetInt64()] = (project.GetProperty("day").GetInt64(), project.GetProperty("samples").GetInt64());
            }

            _number = document.RootElement.GetProperty("number").GetInt64();
        }
        catch (Exception fault) when (fault is JsonException or KeyNotFoundException or InvalidOperationException or FormatException or IOException
            or UnauthorizedAccessException)
        {
            _kept.Clear();
            LogUnreadable(logger, _path, fault.Message);
        }
    }

    /// <summary>Whether the store is a shared one.</summary>
    public bool IsWanted { get; }

    /// <summary>Counts a record that the WAL had at the start.</summary>
    public void Replay(in RecordHeader header)
    {
        if (!IsWanted || header.Type != RecordType.Batch || header.RowCount == 0)
        {
            return;
        }

        long day = header.Received.Milliseconds - header.Received.Milliseconds % DayMilliseconds;
        bool isKept = header.FirstNumber < _number && _kept.TryGetValue(header.Pcode, out (long Day, long Samples) kept) && kept.Day == day;
        if (!isKept)
        {
            _replayed[(header.Pcode, day)] = _replayed.GetValueOrDefault((header.Pcode, day)) + header.RowCount;
        }
    }

    /// <summary>What a project had stored of a day before the start, through this node, as far as is known.</summary>
    /// <param name="pcode">The project.</param>
    /// <param name="day">Its midnight, in ms.</param>
    public long Of(long pcode, long day) =>
        (_kept.TryGetValue(pcode, out (long Day, long Samples) kept) && kept.Day == day ? kept.Samples : 0) + _replayed.GetValueOrDefault((pcode, day));

    /// <summary>Keeps what projects have stored of their day. It is durable when this returns.</summary>
    /// <param name="number">Samples before this sequence number are counted.</param>
    /// <param name="counts">Projects with their day and its samples.</param>
    /// <exception cref="IOException">It can't be written; the old file stays.</exception>
    public void Save(long number, IReadOnlyCollection<(long Pcode, long Day, long Samples)> counts)
    {
        if (!IsWanted || counts.Count == 0)
        {
            return;
        }

        ArrayBufferWriter<byte> bytes = new();
        using (Utf8JsonWriter json = new(bytes))
        {
            json.WriteStartObject();
            json.WriteNumber("number", number);
            json.WriteStartArray("projects");
            foreach ((long pcode, long day, long samples) in counts)
            {
                json.WriteStartObject();
                json.WriteNumber("pcode", pcode);
                json.WriteNumber("day", day);
                json.WriteNumber("samples", samples);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        _files.Replace(_path, bytes.WrittenSpan);
    }

    [LoggerMessage(2044, LogLevel.Warning, "{Path} can't be used, so samples of the day that the store does not tell of count no more: {Reason}")]
    private static partial void LogUnreadable(ILogger logger, string path, string reason);
}
