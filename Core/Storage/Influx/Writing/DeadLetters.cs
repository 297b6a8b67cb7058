using System.Globalization;
using System.Text;
using TimeSeries.Core.Files;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// Keeps lines that InfluxDB finally refused in <c>&lt;directory&gt;/dead-letters/&lt;time&gt;.lp</c>. A comment before each line says when and why.
/// The files are line protocol, so corrected lines can be written again. It also knows how many samples of each recent record they were. Thread safe.
/// </summary>
/// <param name="node">The data directory.</param>
/// <param name="clock">Names the files, and tells when lines were refused.</param>
/// <param name="knownFrom">Of records before this position in the WAL nothing is known.</param>
internal sealed class DeadLetters(InfluxNode node, TimeProvider clock, LogPosition knownFrom)
{
    // Pushes wait for seconds; these are the records with refused samples of some minutes at the rate at which lines can be refused alone.
    private const int MaxRecords = 100_000;

    // Editors and loaders still open files of this size.
    private const long MaxFileBytes = 64L << 20;

    // Guards everything below.
    private readonly Lock _lock = new();
    private readonly Dictionary<LogPosition, int> _refusedOf = [];
    private readonly Queue<LogPosition> _records = [];
    private LogPosition _forgottenThrough = knownFrom;
    private IFile? _file;
    private long _length;

    /// <summary>Where the files lie.</summary>
    public string Path { get; } = DeadLetterFile.FolderOf(node.Directory);

    /// <summary>Keeps lines of a batch; they are on stable storage when it returns.</summary>
    /// <exception cref="IOException">They can't be kept.</exception>
    public void Add(LineBatch batch, (int First, int Count) lines, string reason)
    {
        string head = string.Create(
            CultureInfo.InvariantCulture, $"# {clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {DeadLetterFile.OneLine(reason)}\n");
        byte[] bytes = [.. Encoding.UTF8.GetBytes(head), .. batch.Lines(lines.First, lines.Count).Span];
        lock (_lock)
        {
            IFile file = _file is not null && _length < MaxFileBytes ? _file : Begin();
            try
            {
                file.Write(bytes, _length);
                file.Flush();
                _length += bytes.Length;
            }
            catch
            {
                // A failed flush leaves the file in an unknown state, so the next line begins a new file.
                Leave();
                throw;
            }

            for (int i = lines.First; i < lines.First + lines.Count; i++)
            {
                Count(batch.RecordOf(i));
            }
        }
    }

    /// <summary>How many samples of the record that ends at a position were refused; null when that is not known any more.</summary>
    public int? RefusedOf(LogPosition end)
    {
        lock (_lock)
        {
            return end <= _forgottenThrough ? null : _refusedOf.GetValueOrDefault(end);
        }
    }

    private void Count(LogPosition? record)
    {
        if (record is not { } end)
        {
            return;
        }

        if (!_refusedOf.TryGetValue(end, out int count))
        {
            _records.Enqueue(end);
            if (_records.Count > MaxRecords)
            {
                LogPosition oldest = _records.Dequeue();
                _refusedOf.Remove(oldest);
                _forgottenThrough = oldest > _forgottenThrough ? oldest : _forgottenThrough;
            }
        }

        _refusedOf[end] = count + 1;
    }

    public void Leave()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private IFile Begin()
    {
        Leave();
        IFileSystem files = node.Files;
        files.CreateDirectory(Path);
        files.FlushDirectory(node.Directory);
        string stem = clock.GetUtcNow().ToString("yyyyMMdd-HHmmss-fff", CultureInfo.InvariantCulture);
        string path = System.IO.Path.Combine(Path, stem + ".lp");
        for (int i = 1; files.Exists(path); i++)
        {
            path = System.IO.Path.Combine(Path, string.Create(CultureInfo.InvariantCulture, $"{stem}-{i}.lp"));
        }

        _file = files.Create(path);
        byte[] head = Encoding.UTF8.GetBytes($"# TimeSeries dead letters 1, node {InfluxSchema.NodeName(node.Id)}\n");
        _file.Write(head, 0);
        _length = head.Length;
        files.FlushDirectory(Path);
        return _file;
    }
}
