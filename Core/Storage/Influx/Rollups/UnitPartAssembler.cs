using System.Buffers;
using System.Buffers.Text;
using TimeSeries.Core.Aggregate.Rollups;
using TimeSeries.Core.Codecs;

namespace TimeSeries.Core.Storage.Influx.Rollups;

/// <summary>Joins the parts of a unit's rollups of a bucket, which come in any order.</summary>
internal sealed class UnitPartAssembler
{
    // 1,024 parts are 48 MiB: more than the rollups of a bucket may be.
    private const int MaxParts = 1_024;

    private readonly byte[]?[] _parts;
    private bool _isConsistent;

    /// <param name="parts">How many parts its first row says there are; 0 while the unit is open.</param>
    public UnitPartAssembler(long parts)
    {
        _isConsistent = parts is > 0 and <= MaxParts;
        _parts = new byte[]?[_isConsistent ? parts : 0];
    }

    /// <summary>Takes a part, in base64.</summary>
    public void Take(long part, long ofParts, ReadOnlySpan<byte> base64)
    {
        _isConsistent &= ofParts == _parts.Length && part >= 0 && part < _parts.Length && !base64.IsEmpty;
        if (_isConsistent)
        {
            _parts[part] = base64.ToArray();
        }
    }

    /// <summary>Returns the whole; null while the unit is open, a part is missing, or a part is damaged. Its samples are then read raw.</summary>
    public UnitRollups? TryRead()
    {
        int length = 0;
        foreach (byte[]? part in _parts)
        {
            _isConsistent &= part is not null;
            length += part?.Length ?? 0;
        }

        if (!_isConsistent)
        {
            return null;
        }

        byte[] bytes = new byte[length];
        int decoded = 0;
        foreach (byte[]? part in _parts)
        {
            if (Base64.DecodeFromUtf8(part, bytes.AsSpan(decoded), out _, out int written) != OperationStatus.Done)
            {
                return null;
            }

            decoded += written;
        }

        return UnitRollups.TryRead(bytes.AsMemory(0, decoded), out UnitRollups? unit) ? unit : null;
    }

    /// <summary>Finds the 5-minute rollup of a declaration in a unit, or null.</summary>
    public static Rollup? Find(UnitRollups unit, int specIndex)
    {
        foreach (ReadOnlyMemory<byte> section in unit.Sections)
        {
            try
            {
                if (SpecOf(section.Span) == specIndex && Rollup.TryRead(section.Span) is { Level: RollupLevel.FiveMinutes } rollup)
                {
                    return rollup;
                }
            }
            catch (InvalidDataException)
            {
                return null;
            }
        }

        return null;
    }

    // A section begins with format, kind and declaration; the others need not be decoded.
    private static int SpecOf(ReadOnlySpan<byte> section)
    {
        ByteReader reader = new(section);
        reader.Byte();
        reader.Byte();
        return reader.Size();
    }
}
