using System.Text;
using TimeSeries.Core.Files;

namespace TimeSeries.Core.Storage.Influx.Writing;

/// <summary>A file of dead letters: lines of line protocol, and comments that say when and why those behind them were refused. Not thread safe.</summary>
internal sealed class DeadLetterFile(IFileSystem files, string path)
{
    /// <summary>Where files of dead letters lie, in a data directory.</summary>
    public static string FolderOf(string directory) => Path.Combine(directory, "dead-letters");

    /// <summary>The files of a folder, the oldest first.</summary>
    public static IEnumerable<DeadLetterFile> List(IFileSystem files, string folder) =>
        files.List(folder).Where(path => path.EndsWith(".lp", StringComparison.Ordinal)).Select(path => new DeadLetterFile(files, path));

    /// <summary>Reads the lines, without comments, each with its line feed. The last one has none where the file was cut off in it.</summary>
    /// <exception cref="IOException">The file can't be read.</exception>
    public List<ReadOnlyMemory<byte>> Read()
    {
        using IFile file = files.Open(path, FileAccess.Read);
        byte[] bytes = new byte[file.Length];
        int length = file.Read(bytes, 0);
        List<ReadOnlyMemory<byte>> lines = [];
        for (int start = 0; start < length;)
        {
            bool isComment = bytes[start] == '#';
            int end = EndOf(bytes.AsSpan(0, length), start, isComment);
            if (!isComment && end - start > 1)
            {
                lines.Add(bytes.AsMemory(start, end - start));
            }

            start = end;
        }

        return lines;
    }

    /// <summary>Replaces the lines in one step; without any the file is deleted. It is on stable storage when this returns.</summary>
    /// <exception cref="IOException">The file can't be written; it is as it was.</exception>
    public void Replace(IReadOnlyList<(ReadOnlyMemory<byte> Line, string Comment)> lines)
    {
        if (lines.Count == 0)
        {
            files.Delete(path);
        }
        else
        {
            using (IFile file = files.Create(path + ".new"))
            {
                long length = 0;
                foreach ((ReadOnlyMemory<byte> line, string comment) in lines)
                {
                    byte[] head = Encoding.UTF8.GetBytes($"# {OneLine(comment)}\n");
                    file.Write(head, length);
                    file.Write(line.Span, length + head.Length);
                    length += head.Length + line.Length;
                }

                file.Flush();
            }

            files.Move(path + ".new", path);
        }

        files.FlushDirectory(Path.GetDirectoryName(path)!);
    }

    /// <summary>A reason as a comment of one line.</summary>
    public static string OneLine(string reason) => reason.ReplaceLineEndings(" ").Replace('\0', ' ');

    // The index behind the line feed that ends a line. A text in quotes may contain line feeds.
    private static int EndOf(ReadOnlySpan<byte> bytes, int start, bool isComment)
    {
        bool isQuoted = false;
        for (int i = start; i < bytes.Length; i++)
        {
            switch (bytes[i])
            {
                case (byte)'\\' when isQuoted:
                    i++;
                    break;
                case (byte)'"' when !isComment:
                    isQuoted = !isQuoted;
                    break;
                case (byte)'\n' when !isQuoted:
                    return i + 1;
                default:
                    break;
            }
        }

        return bytes.Length;
    }
}
