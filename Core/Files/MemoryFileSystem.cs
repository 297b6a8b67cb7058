namespace TimeSeries.Core.Files;

/// <summary>Files in the memory of this process, gone with the object; flushes do nothing. Thread safe, as <see cref="IFileSystem"/> says.</summary>
public sealed class MemoryFileSystem : IFileSystem
{
    private const long Room = 1L << 30;

    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, MemoryContent> _contents = new(StringComparer.Ordinal);

    public void CreateDirectory(string path)
    {
        // Directories are parts of names.
    }

    public IReadOnlyList<string> List(string directory)
    {
        lock (_lock)
        {
            return [.. _contents.Keys.Where(path => Path.GetDirectoryName(path) == directory)];
        }
    }

    public IReadOnlyList<string> Folders(string directory)
    {
        lock (_lock)
        {
            return FoldersOf(_contents.Keys, directory);
        }
    }

    /// <summary>The folders of a directory, by the paths of all files: directories are parts of names.</summary>
    public static IReadOnlyList<string> FoldersOf(IEnumerable<string> paths, string directory)
    {
        string prefix = directory.TrimEnd(Path.DirectorySeparatorChar) + Path.DirectorySeparatorChar;
        return
        [
            .. paths.Where(path => path.StartsWith(prefix, StringComparison.Ordinal))
                .Select(path => path.IndexOf(Path.DirectorySeparatorChar, prefix.Length) is >= 0 and var end ? path[..end] : null)
                .OfType<string>().Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal),
        ];
    }

    public bool Exists(string path)
    {
        lock (_lock)
        {
            return _contents.ContainsKey(path);
        }
    }

    public IFile Create(string path, long reserveBytes = 0)
    {
        MemoryContent content = new();
        MemoryFile file = new(path, content);
        file.SetLength(reserveBytes);
        lock (_lock)
        {
            _contents[path] = content;
        }

        return file;
    }

    public IFile Open(string path, FileAccess access)
    {
        lock (_lock)
        {
            return new MemoryFile(path, Find(path));
        }
    }

    public void Move(string from, string to)
    {
        lock (_lock)
        {
            MemoryContent content = Find(from);
            _contents.Remove(from);
            _contents[to] = content;
        }
    }

    public void Delete(string path)
    {
        lock (_lock)
        {
            _contents.Remove(path);
        }
    }

    public void FlushDirectory(string path)
    {
        // Names are as durable as the object.
    }

    /// <summary>Nobody else sees the files.</summary>
    public IDisposable? TryLock(string path) => new MemoryStream();

    public long FreeBytes(string path) => Room;

    private MemoryContent Find(string path) => _contents.GetValueOrDefault(path) ?? throw new FileNotFoundException("There is no such file.", path);

    private sealed class MemoryContent
    {
        public Lock Lock { get; } = new();

        public byte[] Bytes { get; set; } = [];

        public int Length { get; set; }
    }

    private sealed class MemoryFile(string path, MemoryContent content) : IFile
    {
        public string Path => path;

        public long Length => content.Length;

        public int Read(Span<byte> buffer, long offset)
        {
            lock (content.Lock)
            {
                int count = (int)Math.Clamp(content.Length - offset, 0, buffer.Length);
                content.Bytes.AsSpan((int)Math.Min(offset, content.Length), count).CopyTo(buffer);
                return count;
            }
        }

        public void Write(ReadOnlySpan<byte> bytes, long offset)
        {
            lock (content.Lock)
            {
                Grow(offset + bytes.Length);
                bytes.CopyTo(content.Bytes.AsSpan((int)offset));
            }
        }

        public void Append(IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset)
        {
            foreach (ReadOnlyMemory<byte> buffer in buffers)
            {
                Write(buffer.Span, offset);
                offset += buffer.Length;
            }
        }

        public void SetLength(long length)
        {
            lock (content.Lock)
            {
                Grow(length);
                content.Bytes.AsSpan((int)length).Clear();
                content.Length = (int)length;
            }
        }

        public void BeginFlush(long offset, long length)
        {
            // There is no disk.
        }

        public void DropCache(long offset, long length)
        {
            // The memory is the file.
        }

        public void Flush()
        {
            // There is no disk.
        }

        public void Dispose()
        {
            // The file stays until it is deleted.
        }

        private void Grow(long length)
        {
            if (length > content.Bytes.Length)
            {
                byte[] larger = new byte[Math.Max(length, 2L * content.Bytes.Length)];
                content.Bytes.AsSpan(0, content.Length).CopyTo(larger);
                content.Bytes = larger;
            }

            content.Length = (int)Math.Max(content.Length, length);
        }
    }
}
