using TimeSeries.Core.Model;

namespace TimeSeries.Core.Storage.Embedded;

/// <summary>
/// What writing a block needs beside the rows, kept from one block to the next by whoever writes them one after the other. Not thread safe.
/// </summary>
internal sealed class BlockScratch(ArrayStock stock)
{
    /// <summary>Where large arrays come from.</summary>
    public ArrayStock Stock => stock;

    /// <summary>What was appended to the file and is not written yet.</summary>
    public ByteWriter Pending { get; } = new();

    /// <summary>The part that is being encoded.</summary>
    public ByteWriter Part { get; } = new();

    public NumberCodec Numbers { get; } = new();

    public CodeCodec Codes { get; } = new();

    public TextCodec Texts { get; } = new();
}
