using System.Buffers;
using System.Buffers.Text;
using TimeSeries.Core.Aggregate;

namespace TimeSeries.Core.Storage.Influx;

/// <summary>The rollup of one unit in one bucket while its parts come in, in any order.</summary>
internal sealed class UnitParts(int parts, long samples)
{
    // A rollup of 48 MiB would be of more rows than one may have.
    private const int MaxParts = 1_024;

    private readonly byte[]?[] _parts = new byte[]?[parts is > 0 and <= MaxParts ? parts : 0];
    private bool _isConsistent = parts is > 0 and <= MaxParts;

    /// <summary>How many samples the unit has in the bucket.</summary>
    public long Samples => samples;

    /// <summary>Takes a part, in base64.</summary>
    public void Take(long part, long ofParts, long ofSamples, ReadOnlySpan<byte> base64)
    {
        _isConsistent &= ofParts == _parts.Length && ofSamples == samples && part >= 0 && part < _parts.Length && !base64.IsEmpty;
        if (_isConsistent)
        {
            _parts[part] = base64.ToArray();
        }
    }

    /// <summary>The rollup, or null when a part is missing or what came is none.</summary>
    public Rollup? TryRead()
    {
        int length = 0;
        foreach (byte[]? part in _parts)
        {
            _isConsistent &= part is not null;
            length += part?.Length ?? 0;
        }

        if (!_isConsistent || length == 0)
        {
            return null;
        }

        byte[] bytes = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            return Join(bytes) is { } joined ? Rollup.Read(bytes.AsSpan(0, joined)) : null;
        }
        catch (InvalidDataException)
        {
            // Its samples are there one by one.
            return null;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    private int? Join(byte[] into)
    {
        int length = 0;
        foreach (byte[]? part in _parts)
        {
            if (Base64.DecodeFromUtf8(part, into.AsSpan(length), out _, out int written) != OperationStatus.Done)
            {
                return null;
            }

            length += written;
        }

        return length;
    }
}
