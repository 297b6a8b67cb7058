using System.Diagnostics.CodeAnalysis;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace TimeSeries.Core.Memory;

/// <summary>
/// Large arrays that are used again, so that steady work leaves nothing for the collector. What lay unused during several rounds is let go, and
/// never more than a bound of bytes is kept. What is rented holds anything. Thread safe.
/// </summary>
internal sealed class LargeArrayPool(long maxKeptBytes)
{
    // Shorter arrays are cheap to allocate and cheap to collect.
    private const int SmallestLength = 512;

    // Four lengths to a power of two: at most a quarter of an array is of no use.
    private const int StepBits = 2;

    // One round may need a length that the next one does not, and only every eighth has a merge beside it; what many in a row did not need is not needed.
    private const int RoundsBetweenTrims = 32;

    // Guards the shelves and their bytes.
    private readonly Lock _gate = new();
    private readonly Dictionary<Type, Shelves> _shelves = [];
    private long _keptBytes;
    private int _rounds;

    public long KeptBytes => Volatile.Read(ref _keptBytes);

    /// <summary>An array of at least so many values.</summary>
    public T[] Rent<T>(int length)
        where T : unmanaged
    {
        if (length < SmallestLength)
        {
            return new T[length];
        }

        int rounded = RoundUp(length);
        lock (_gate)
        {
            if (ShelvesOf<T>().TryTake(rounded, out T[]? kept))
            {
                _keptBytes -= BytesOf(kept);
                return kept;
            }
        }

        // On the pinned heap, where nothing else of size lies. The collector lets garbage grow with what lives beside it, so among other large
        // arrays these would allow several times their own size of it.
        return GC.AllocateUninitializedArray<T>(rounded, pinned: true);
    }

    /// <summary>Takes an array that nobody uses any more.</summary>
    public void Return<T>(T[] array)
        where T : unmanaged
    {
        if (array.Length < SmallestLength)
        {
            return;
        }

        lock (_gate)
        {
            if (_keptBytes + BytesOf(array) <= maxKeptBytes)
            {
                ShelvesOf<T>().Put(array);
                _keptBytes += BytesOf(array);
            }
        }
    }

    /// <summary>Ends a round of work; after every few of them what none of them needed is let go.</summary>
    public void EndRound()
    {
        lock (_gate)
        {
            if (++_rounds % RoundsBetweenTrims != 0)
            {
                return;
            }

            foreach (Shelves shelves in _shelves.Values)
            {
                _keptBytes -= shelves.Trim();
            }
        }
    }

    private static int RoundUp(int length)
    {
        int step = 1 << Math.Max(0, BitOperations.Log2((uint)(length - 1)) - StepBits);
        return (int)Math.Min(Array.MaxLength, (length + (long)step - 1) / step * step);
    }

    private Shelves<T> ShelvesOf<T>()
    {
        if (!_shelves.TryGetValue(typeof(T), out Shelves? shelves))
        {
            _shelves[typeof(T)] = shelves = new Shelves<T>();
        }

        return (Shelves<T>)shelves;
    }

    private static long BytesOf<T>(T[] array) => array.Length * (long)Unsafe.SizeOf<T>();

    private sealed class Shelf<T>
    {
        public Stack<T[]> Arrays { get; } = [];

        // How few there were at the emptiest moment: so many were not needed.
        public int Unused { get; set; }
    }

    private abstract class Shelves
    {
        /// <summary>Lets go what was not needed; returns how many bytes that were.</summary>
        public abstract long Trim();
    }

    private sealed class Shelves<T> : Shelves
    {
        private readonly Dictionary<int, Shelf<T>> _byLength = [];

        // The shortest that is long enough and at most twice as long.
        public bool TryTake(int length, [NotNullWhen(true)] out T[]? array)
        {
            int longest = (int)Math.Min(Array.MaxLength, length * 2L);
            for (int next = length; next <= longest; next = RoundUp(next + 1))
            {
                if (_byLength.TryGetValue(next, out Shelf<T>? shelf) && shelf.Arrays.TryPop(out array))
                {
                    shelf.Unused = Math.Min(shelf.Unused, shelf.Arrays.Count);
                    return true;
                }

                if (next == Array.MaxLength)
                {
                    break;
                }
            }

            array = null;
            return false;
        }

        public void Put(T[] array)
        {
            if (!_byLength.TryGetValue(array.Length, out Shelf<T>? shelf))
            {
                _byLength[array.Length] = shelf = new Shelf<T>();
            }

            shelf.Arrays.Push(array);
        }

        public override long Trim()
        {
            long bytes = 0;
            foreach (Shelf<T> shelf in _byLength.Values)
            {
                for (; shelf.Unused > 0; shelf.Unused--)
                {
                    bytes += BytesOf(shelf.Arrays.Pop());
                }

                shelf.Unused = shelf.Arrays.Count;
            }

            return bytes;
        }
    }
}
