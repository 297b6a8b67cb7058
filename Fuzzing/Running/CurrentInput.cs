using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace TimeSeries.Fuzzing.Running;

/// <summary>The input that runs, in a file that outlives the process: a stack overflow or a kill leaves it there. Used by one thread of one process.</summary>
internal sealed class CurrentInput : IDisposable
{
    private readonly MemoryMappedFile _file;
    private readonly MemoryMappedViewAccessor _view;
    private readonly byte[] _head = new byte[sizeof(int)];

    public CurrentInput(string path, int maxBytes)
    {
        _file = MemoryMappedFile.CreateFromFile(path, FileMode.Create, null, sizeof(int) + maxBytes);
        _view = _file.CreateViewAccessor();
    }

    /// <summary>Notes the input that runs next.</summary>
    public void Set(byte[] input)
    {
        BinaryPrimitives.WriteInt32LittleEndian(_head, input.Length);
        _view.WriteArray(0, _head, 0, _head.Length);
        _view.WriteArray(sizeof(int), input, 0, input.Length);
    }

    /// <summary>The input that ran last in a process that is gone.</summary>
    public static byte[] Read(string path)
    {
        byte[] bytes = File.ReadAllBytes(path);
        return bytes.AsSpan(sizeof(int), BinaryPrimitives.ReadInt32LittleEndian(bytes)).ToArray();
    }

    public void Dispose()
    {
        _view.Dispose();
        _file.Dispose();
    }
}
