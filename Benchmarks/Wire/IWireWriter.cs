using TimeSeries.Benchmarks.Wire.Fresh;
using TimeSeries.Core.Schema;

namespace TimeSeries.Benchmarks.Wire;

/// <summary>Writes one request body, value by value, and tells where a value lies that is patched later. Not thread safe.</summary>
internal interface IWireWriter
{
    /// <summary>What stands in the request's Content-Type.</summary>
    string ContentType { get; }

    /// <summary>How a single <see cref="Time"/> is laid out.</summary>
    TimeLayout TimeLayout { get; }

    /// <summary>All bytes written since the last <see cref="Clear"/>.</summary>
    ReadOnlySpan<byte> Written { get; }

    void Clear();

    void BeginMap(int count);

    void EndMap();

    void BeginArray(int count);

    void EndArray();

    void Key(ReadOnlySpan<byte> name);

    void Null();

    /// <summary>How a value of a field lies in the body, when one can be written over it.</summary>
    ValueLayout? LayoutOf(Field field);

    /// <summary>Returns the offset of the first byte.</summary>
    int Boolean(bool value);

    /// <summary>Returns the offset of the first byte.</summary>
    int Integer(long value);

    /// <summary>Returns the offset of the first byte.</summary>
    int Decimal(double value);

    /// <summary>Writes a time in ms since the Unix epoch at a fixed width; returns the offset of its first byte.</summary>
    int Time(long milliseconds);

    /// <summary>Writes UTF-8 text; returns the offset of its first byte.</summary>
    int Text(ReadOnlySpan<byte> utf8);

    /// <summary>Writes a map of text to text that is given as JSON.</summary>
    void Map(ReadOnlySpan<byte> json);
}
