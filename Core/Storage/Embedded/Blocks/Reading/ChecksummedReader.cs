using TimeSeries.Core.Codecs;
using TimeSeries.Core.Files;
using TimeSeries.Core.Hashing;
using TimeSeries.Core.Storage.Embedded.Blocks.Format;

namespace TimeSeries.Core.Storage.Embedded.Blocks.Reading;

/// <summary>
/// Reads parts of a block's file and checks each against its checksum. Thread safe. Whatever is wrong comes out as <see cref="DamagedFileException"/> and is
/// counted.
/// </summary>
internal sealed class ChecksummedReader
{
    private readonly IFile? _file;
    private readonly string _path;
    private readonly StoreContext _context;

    public ChecksummedReader(IFile file, StoreContext context)
        : this(file.Path, context) => _file = file;

    /// <summary>For a file that can't even be opened.</summary>
    public ChecksummedReader(string path, StoreContext context) => (_path, _context) = (path, context);

    /// <summary>Reads a part into memory of its own, as <see cref="BlockBuffer"/> takes it.</summary>
    public byte[] Read(Extent extent)
    {
        CheckPlace(extent);
        byte[] bytes = GC.AllocateUninitializedArray<byte>(BlockBuffer.LengthOf(extent));
        ReadChecked(extent, bytes);
        return bytes;
    }

    /// <summary>Reads a part into memory at least as long as it is on disk: its payload comes first.</summary>
    public void Read(Extent extent, Span<byte> into)
    {
        CheckPlace(extent);
        ReadChecked(extent, into);
    }

    /// <summary>Reads a part into memory that goes back when the caller disposes it.</summary>
    public BlockBuffer Rent(Extent extent)
    {
        CheckPlace(extent);
        BlockBuffer part = BlockBuffer.Rent(extent, out Span<byte> bytes);
        ReadChecked(extent, bytes);
        return part;
    }

    /// <summary>Counts a damage, and has the file checked soon; the caller throws what is returned.</summary>
    public DamagedFileException Damaged(long offset, Exception damage)
    {
        _context.Instruments.DamagedReads.Add(1);
        _context.Suspects.TryAdd(_path, SuspectState.Unchecked);
        return new DamagedFileException(_path, offset, damage.Message, damage);
    }

    // Before memory is taken for what may be no length at all.
    private void CheckPlace(Extent extent)
    {
        try
        {
            if (extent.Length < BlockFormat.ChecksumBytes || extent.Offset < 0 || extent.Offset > _file!.Length - extent.Length)
            {
                throw new InvalidDataException("it lies outside of the file");
            }
        }
        catch (Exception damage) when (damage is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw Damaged(extent.Offset, damage);
        }
    }

    private void ReadChecked(Extent extent, Span<byte> bytes)
    {
        int payload = extent.Length - BlockFormat.ChecksumBytes;
        try
        {
            if (_file!.Read(bytes[..extent.Length], extent.Offset) != extent.Length)
            {
                throw new InvalidDataException("the file ends too soon");
            }

            ByteReader checksum = new(bytes[payload..]);
            if (checksum.UInt32() != Crc32C.Of(bytes[..payload]))
            {
                throw new InvalidDataException("its checksum is wrong");
            }
        }
        catch (Exception damage) when (damage is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            throw Damaged(extent.Offset, damage);
        }
    }
}
