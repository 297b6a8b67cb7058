namespace TimeSeries.Simulation.Disk;

/// <summary>The power of a disk, which may go within a call. Guarded by the disk's lock.</summary>
internal sealed class PowerSupply
{
    private volatile bool _isOff;

    /// <summary>So many changes are made yet, then the power goes within the next, of which only a write may leave something. Null for no end.</summary>
    public int? ChangesLeft { get; set; }

    /// <summary>Whether the power has gone.</summary>
    public bool IsOff => _isOff;

    public void CutOff() => _isOff = true;

    /// <summary>A change is about to be made: whether the power goes within it.</summary>
    public bool GoesWithin()
    {
        if (ChangesLeft is { } left)
        {
            _isOff = left == 0;
            ChangesLeft = left - 1;
        }

        return _isOff;
    }

    /// <summary>As <see cref="GoesWithin"/>, for a call that leaves nothing then. What changes nothing takes no power.</summary>
    public void Spend(FileOperation operation)
    {
        if (operation is not (FileOperation.Open or FileOperation.Read) && GoesWithin())
        {
            ThrowIfOff();
        }
    }

    public void ThrowIfOff()
    {
        if (_isOff)
        {
            throw new IOException("The power is off.");
        }
    }
}
