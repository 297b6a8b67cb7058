using System.Globalization;
using System.Text;
using TimeSeries.Core.Files;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>
/// Keeps lines that InfluxDB finally refused in <c>&lt;directory&gt;/dead-letters/&lt;time&gt;.lp</c>. A comment before each line says when and why.
/// The files are line protocol, so corrected lines can be written again. Thread safe.
/// </summary>
internal sealed class DeadLetters(InfluxNode node, TimeProvider clock)
{
    // Editors and loaders still open files of this size.
    private const long MaxFileBytes = 64L << 20;

    // Guards the file.
    private readonly Lock _lock = new();
    private IFile? _file;
    private long _length;

    /// <summary>Where the files lie.</summary>
    public string Path { get; } = DeadLetterFile.FolderOf(node.Directory);

    /// <summary>Keeps lines; they are on stable storage when it returns.</summary>
    /// <exception cref="IOException">They can't be kept.</exception>
    public void Add(ReadOnlySpan<byte> lines, string reason)
    {
        string head = string.Create(
            CultureInfo.InvariantCulture, $"# {clock.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {DeadLetterFile.OneLine(reason)}\n");
        byte[] bytes = [.. Encoding.UTF8.GetBytes(head), .. lines];
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
        }
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
