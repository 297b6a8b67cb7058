namespace TimeSeries.Core.Storage.Influx;

/// <summary>Decoded rollups of closed units, so that what a query has read need not come over the network again. Bounded by bytes; the oldest go first. Thread safe.</summary>
internal sealed class UnitCache(long maxBytes)
{
    // Guards the fields below.
    private readonly Lock _lock = new();
    private readonly Dictionary<UnitPlace, KnownUnit> _units = [];
    private readonly Queue<UnitPlace> _order = [];
    private long _bytes;

    public KnownUnit? Find(UnitPlace place)
    {
        lock (_lock)
        {
            return _units.GetValueOrDefault(place);
        }
    }

    public void Add(UnitPlace place, KnownUnit unit)
    {
        lock (_lock)
        {
            if (!_units.TryAdd(place, unit))
            {
                return;
            }

            _order.Enqueue(place);
            _bytes += unit.AllocatedBytes;
            while (_bytes > maxBytes && _order.TryDequeue(out UnitPlace oldest) && _units.Remove(oldest, out KnownUnit? gone))
            {
                _bytes -= gone.AllocatedBytes;
            }
        }
    }
}
