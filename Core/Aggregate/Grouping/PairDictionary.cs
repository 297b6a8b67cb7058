using System.Numerics;
using TimeSeries.Core.Memory;

namespace TimeSeries.Core.Aggregate.Grouping;

/// <summary>
/// Numbers each distinct pair of small numbers, in the order of arrival. It is an array with a slot for each possible pair while most of them occur,
/// else a hash table.
/// </summary>
internal sealed class PairDictionary
{
    // An array of so many slots is small enough whatever is in it, and one of so many is too large.
    private const int SmallPlaces = 1 << 14;
    private const int MostPlaces = 1 << 23;

    // How many slots of the array may be empty for one that is not; the hash table takes six times the memory for a pair.
    private const int PlacesPerPair = 32;

    private const int FewPairs = 256;

    private readonly LongHashTable _hashed = new();
    private int[] _places = [];
    private int[] _placed = [];
    private int _placedCount;

    // What the array is laid out for; it may be longer.
    private int _lefts;
    private int _rightBits;
    private bool _isHashed;

    public long AllocatedBytes => _hashed.AllocatedBytes + ((_places.Length + _placed.Length) * (long)sizeof(int));

    public int Count => _isHashed ? _hashed.Count : _placedCount;

    /// <summary>The first number of a pair.</summary>
    public int LeftOf(int id) => _isHashed ? (int)(_hashed[id] >> 32) : _placed[id] >> _rightBits;

    /// <summary>The second number of a pair.</summary>
    public int RightOf(int id) => _isHashed ? (int)_hashed[id] : _placed[id] & ((1 << _rightBits) - 1);

    /// <summary>Replaces each number by that of its pair with the one in <paramref name="right"/>.</summary>
    public void Join(Span<int> left, ReadOnlySpan<int> right)
    {
        if (!_isHashed)
        {
            MakeRoom(left, right);
        }

        if (_isHashed)
        {
            JoinHashed(left, right);
        }
        else
        {
            JoinPlaced(left, right);
        }
    }

    public void Clear()
    {
        if (_isHashed)
        {
            _hashed.Clear();
            _isHashed = false;
            return;
        }

        foreach (int place in _placed.AsSpan(0, _placedCount))
        {
            _places[place] = 0;
        }

        _placedCount = 0;
    }

    /// <summary>Clears it, and gives back what is large.</summary>
    public void Reset()
    {
        _hashed.Reset();
        if (RentedArray.ReturnLarge(ref _places))
        {
            // Whoever rents it next clears it.
            (_placedCount, _lefts, _rightBits) = (0, 0, 0);
        }

        Clear();
        RentedArray.ReturnLarge(ref _placed);
    }

    private void JoinPlaced(Span<int> left, ReadOnlySpan<int> right)
    {
        int[] places = _places;
        int bits = _rightBits;
        for (int i = 0; i < left.Length && i < right.Length; i++)
        {
            int place = (left[i] << bits) | right[i];
            int id = places[place] - 1;
            left[i] = id < 0 ? Place(place) : id;
        }
    }

    private int Place(int place)
    {
        if (_placedCount == _placed.Length)
        {
            RentedArray.Grow(ref _placed, _placedCount, FewPairs);
        }

        _placed[_placedCount++] = place;
        _places[place] = _placedCount;
        return _placedCount - 1;
    }

    private void JoinHashed(Span<int> left, ReadOnlySpan<int> right)
    {
        Span<long> pairs = stackalloc long[LongHashTable.PassNumbers];
        for (int first = 0; first < left.Length; first += LongHashTable.PassNumbers)
        {
            Span<int> ids = left.Slice(first, Math.Min(LongHashTable.PassNumbers, left.Length - first));
            for (int i = 0; i < ids.Length; i++)
            {
                pairs[i] = ((long)ids[i] << 32) | (uint)right[first + i];
            }

            _hashed.InternAll(pairs[..ids.Length], ids);
        }
    }

    // Rebuilds the array for numbers that have no slot in it, or replaces it by a hash table.
    private void MakeRoom(ReadOnlySpan<int> left, ReadOnlySpan<int> right)
    {
        int greatestLeft = Greatest(left);
        int greatestRight = Greatest(right);
        if (greatestRight < 1 << _rightBits && greatestLeft < _lefts)
        {
            return;
        }

        int rightBits = Math.Max(_rightBits, BitOperations.Log2((uint)greatestRight) + 1);
        long lefts = Math.Max(_lefts, (long)BitOperations.RoundUpToPowerOf2((uint)greatestLeft + 1));
        long places = lefts << rightBits;
        if (places <= Math.Max(SmallPlaces, Math.Min(MostPlaces, PlacesPerPair * (long)_placedCount)))
        {
            LayOut((int)places, rightBits);
        }
        else
        {
            GiveUp();
        }
    }

    private void LayOut(int places, int rightBits)
    {
        int[] laidOut = RentedArray.RentCleared<int>(places);
        for (int id = 0; id < _placedCount; id++)
        {
            int place = (LeftOf(id) << rightBits) | RightOf(id);
            _placed[id] = place;
            laidOut[place] = id + 1;
        }

        RentedArray.Return(ref _places);
        _places = laidOut;
        (_lefts, _rightBits) = (places >> rightBits, rightBits);
    }

    private void GiveUp()
    {
        for (int id = 0; id < _placedCount; id++)
        {
            _hashed.Intern(((long)LeftOf(id) << 32) | (uint)RightOf(id));
        }

        _isHashed = true;
        RentedArray.Return(ref _places);
        RentedArray.Return(ref _placed);
        _placedCount = 0;
        (_lefts, _rightBits) = (0, 0);
    }

    private static int Greatest(ReadOnlySpan<int> numbers)
    {
        Vector<int> greatestOfEach = Vector<int>.Zero;
        int i = 0;
        for (; i <= numbers.Length - Vector<int>.Count; i += Vector<int>.Count)
        {
            greatestOfEach = Vector.Max(greatestOfEach, new Vector<int>(numbers[i..]));
        }

        int greatest = 0;
        for (int lane = 0; lane < Vector<int>.Count; lane++)
        {
            greatest = Math.Max(greatest, greatestOfEach[lane]);
        }

        for (; i < numbers.Length; i++)
        {
            greatest = Math.Max(greatest, numbers[i]);
        }

        return greatest;
    }
}
