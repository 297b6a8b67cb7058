using System.Buffers;
using System.Runtime.InteropServices;
using MessagePack;
using TimeSeries.Agent.Texts;

namespace TimeSeries.Agent.Delivery;

/// <summary>
/// Writes the samples of a kind as columns: a field that no sample has is left out, numbers that all samples have are packed, and texts that come again are
/// written once. Used by one thread, from batch to batch.
/// </summary>
internal sealed class ColumnWriter
{
    private const int Missing = -1;

    private readonly ArrayBufferWriter<byte> _columns = new(1 << 16);
    private readonly Dictionary<string, int> _codes = new(StringComparer.Ordinal);
    private readonly List<string> _texts = [];
    private readonly List<int> _indices = [];
    private readonly List<long> _integers = [];
    private readonly List<double> _numbers = [];
    private int _count;

    /// <summary>Reads a field of a sample.</summary>
    public delegate T Reader<T>(in QueuedSample sample);

    private delegate void NumberWriter<T>(ref MessagePackWriter writer, T number);

    /// <summary>Forgets the kind before.</summary>
    public void Begin()
    {
        _columns.ResetWrittenCount();
        _count = 0;
    }

    /// <summary>Writes all columns as one map.</summary>
    public void End(ref MessagePackWriter writer)
    {
        writer.WriteMapHeader(_count);
        writer.WriteRaw(_columns.WrittenSpan);
    }

    /// <summary>Adds a column of texts.</summary>
    /// <param name="name">The field.</param>
    /// <param name="samples">The samples.</param>
    /// <param name="maxBytes">Bytes at which a text is cut.</param>
    /// <param name="read">Reads the text of a sample.</param>
    public void Texts(string name, ReadOnlySpan<QueuedSample> samples, int maxBytes, Reader<string?> read)
    {
        _codes.Clear();
        _texts.Clear();
        _indices.Clear();
        bool hasGaps = false;
        foreach (ref readonly QueuedSample sample in samples)
        {
            int code = read(sample) is { } text ? CodeOf(DerivedTexts.Cut(text, maxBytes)) : Missing;
            hasGaps |= code == Missing;
            _indices.Add(code);
        }

        if (_texts.Count == 0)
        {
            return;
        }

        MessagePackWriter writer = Open(name);
        if (_texts.Count <= samples.Length / 2)
        {
            WriteCoded(ref writer, hasGaps);
        }
        else
        {
            writer.WriteArrayHeader(samples.Length);
            foreach (int code in _indices)
            {
                writer.Write(code == Missing ? null : _texts[code]);
            }
        }

        writer.Flush();
    }

    /// <summary>Adds a column of whole numbers.</summary>
    public void Integers(string name, ReadOnlySpan<QueuedSample> samples, Reader<long?> read) =>
        AddNumbers(name, samples, read, _integers, "i64", static (ref MessagePackWriter writer, long number) => writer.Write(number));

    /// <summary>Adds a column of durations, in ms, or of other numbers that may have a fraction.</summary>
    public void Numbers(string name, ReadOnlySpan<QueuedSample> samples, Reader<double?> read) =>
        AddNumbers(name, samples, read, _numbers, "f64", static (ref MessagePackWriter writer, double number) => writer.Write(number));

    /// <summary>Adds a column of flags.</summary>
    public void Flags(string name, ReadOnlySpan<QueuedSample> samples, Reader<bool> read)
    {
        MessagePackWriter writer = Open(name);
        writer.WriteArrayHeader(samples.Length);
        foreach (ref readonly QueuedSample sample in samples)
        {
            writer.Write(read(sample));
        }

        writer.Flush();
    }

    /// <summary>Adds a column of maps.</summary>
    public void Maps(string name, ReadOnlySpan<QueuedSample> samples, Reader<IReadOnlyDictionary<string, string>?> read)
    {
        MessagePackWriter writer = Open(name);
        writer.WriteArrayHeader(samples.Length);
        foreach (ref readonly QueuedSample sample in samples)
        {
            if (read(sample) is not { } map)
            {
                writer.WriteNil();
                continue;
            }

            KeyValuePair<string, string>[] entries = [.. map];
            writer.WriteMapHeader(entries.Length);
            foreach ((string key, string value) in entries)
            {
                writer.Write(key);
                writer.Write(value);
            }
        }

        writer.Flush();
    }

    private MessagePackWriter Open(string name)
    {
        _count++;
        MessagePackWriter writer = new(_columns);
        writer.Write(name);
        return writer;
    }

    private int CodeOf(string text)
    {
        if (!_codes.TryGetValue(text, out int code))
        {
            code = _texts.Count;
            _codes.Add(text, code);
            _texts.Add(text);
        }

        return code;
    }

    private void AddNumbers<T>(
        string name, ReadOnlySpan<QueuedSample> samples, Reader<T?> read, List<T> numbers, string packed, NumberWriter<T> write)
        where T : unmanaged
    {
        numbers.Clear();
        foreach (ref readonly QueuedSample sample in samples)
        {
            if (read(sample) is { } number)
            {
                numbers.Add(number);
            }
        }

        if (numbers.Count == 0)
        {
            return;
        }

        MessagePackWriter writer = Open(name);
        if (numbers.Count == samples.Length && BitConverter.IsLittleEndian)
        {
            WritePacked(ref writer, packed, MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(numbers)));
        }
        else
        {
            writer.WriteArrayHeader(samples.Length);
            foreach (ref readonly QueuedSample sample in samples)
            {
                if (read(sample) is { } number)
                {
                    write(ref writer, number);
                }
                else
                {
                    writer.WriteNil();
                }
            }
        }

        writer.Flush();
    }

    private void WriteCoded(ref MessagePackWriter writer, bool hasGaps)
    {
        writer.WriteMapHeader(2);
        writer.Write("dict");
        writer.WriteArrayHeader(_texts.Count);
        foreach (string text in _texts)
        {
            writer.Write(text);
        }

        writer.Write("index");
        if (!hasGaps && BitConverter.IsLittleEndian)
        {
            WritePacked(ref writer, "i32", MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(_indices)));
            return;
        }

        writer.WriteArrayHeader(_indices.Count);
        foreach (int code in _indices)
        {
            if (code == Missing)
            {
                writer.WriteNil();
            }
            else
            {
                writer.Write(code);
            }
        }
    }

    // The values' bytes from the lowest up, as the format has them.
    private static void WritePacked(ref MessagePackWriter writer, string form, ReadOnlySpan<byte> values)
    {
        writer.WriteMapHeader(1);
        writer.Write(form);
        writer.Write(values);
    }
}
