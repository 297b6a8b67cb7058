using System.Buffers;

namespace TimeSeries.Core.Files;

/// <summary>
/// Files that a process wrote to and that ended before it knew whether its last flush worked. After a flush that failed, Linux keeps what was written in memory
/// and takes it for clean: the next process reads it, and its own flush says nothing of it.
/// </summary>
internal static class DoubtfulFile
{
    private const int ChunkBytes = 1 << 20;

    /// <summary>Writes a file's first bytes again as they are read, so that the next flush covers them. What can't be read stays as it is.</summary>
    /// <param name="file">The file, open for writing.</param>
    /// <param name="length">How many bytes.</param>
    /// <exception cref="IOException">They can't be written.</exception>
    public static void WriteAgain(this IFile file, long length)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(ChunkBytes);
        try
        {
            for (long at = 0; at < length; at += ChunkBytes)
            {
                Span<byte> bytes = chunk.AsSpan(0, (int)Math.Min(ChunkBytes, length - at));
                file.Write(bytes[..ReadOrNothing(file, bytes, at)], at);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    private static int ReadOrNothing(IFile file, Span<byte> bytes, long at)
    {
        try
        {
            return file.Read(bytes, at);
        }
        catch (IOException)
        {
            // Who reads its records tells of it.
            return 0;
        }
    }
}
