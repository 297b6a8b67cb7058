using System.Numerics;
using System.Runtime.CompilerServices;

namespace TimeSeries.Ingest.Protocols.Otlp.Joining;

/// <summary>
/// The spans of one request by their ids, for finding the transaction that a call belongs to. Keeps its memory when it is cleared, unless that is much. Not
/// thread safe.
/// </summary>
internal sealed class SpanIndex
{
    public const int None = -1;

    // How far a call may be from its transaction; also the end of a circle.
    private const int MaxSteps = 64;
    private const int PageBits = 9;
    private const int PageSpans = 1 << PageBits;
    private const int MaxKeptPages = 8;

    // Pages of one size: an array that doubles would leave as much garbage as it has.
    private readonly List<SpanEntry[]> _pages = [];
    private int[] _buckets = [];

    /// <summary>How many spans there are.</summary>
    public int Count { get; private set; }

    /// <summary>Bytes of memory that the spans take, found or not yet.</summary>
    public long AllocatedBytes => (long)_pages.Count * PageSpans * (Unsafe.SizeOf<SpanEntry>() + sizeof(int));

    /// <summary>A span, to be changed in place.</summary>
    public ref SpanEntry this[int index] => ref _pages[index >> PageBits][index & (PageSpans - 1)];

    public void Clear()
    {
        Count = 0;
        if (_pages.Count > MaxKeptPages)
        {
            _pages.RemoveRange(MaxKeptPages, _pages.Count - MaxKeptPages);
            _buckets = [];
        }
    }

    /// <summary>Adds a span.</summary>
    public void Add(in SpanEntry span)
    {
        if (Count == _pages.Count << PageBits)
        {
            _pages.Add(new SpanEntry[PageSpans]);
        }

        this[Count++] = span;
    }

    /// <summary>Makes the spans findable. Of several with the same ids the first is found.</summary>
    public void Complete()
    {
        int size = (int)BitOperations.RoundUpToPowerOf2((uint)Math.Max(16, Count));
        if (_buckets.Length < size)
        {
            _buckets = new int[size];
        }

        Array.Clear(_buckets);
        for (int i = 0; i < Count; i++)
        {
            ref SpanEntry span = ref this[i];
            if (Find(span.Key) == None)
            {
                ref int bucket = ref _buckets[span.Key.GetHashCode() & (_buckets.Length - 1)];
                span.Next = bucket - 1;
                bucket = i + 1;
            }
        }
    }

    /// <summary>The span of a key; <see cref="None"/> when it is not in the request.</summary>
    public int Find(in SpanKey key)
    {
        int at = _buckets[key.GetHashCode() & (_buckets.Length - 1)] - 1;
        while (at != None && this[at].Key != key)
        {
            at = this[at].Next;
        }

        return at;
    }

    /// <summary>
    /// Goes from a span up to the transaction that it belongs to, itself included. <see cref="None"/> when there is none in the request; then
    /// <paramref name="missing"/> is the key of the first span that is not in the request, or null where the way ends in it or is too long.
    /// </summary>
    public int FindTransaction(int from, out SpanKey? missing)
    {
        missing = null;
        int at = from;
        for (int steps = 0; steps <= MaxSteps; steps++)
        {
            ref SpanEntry span = ref this[at];
            if (span.IsTransaction)
            {
                return at;
            }

            if (!span.HasParent)
            {
                return None;
            }

            int parent = Find(span.ParentKey);
            if (parent == None)
            {
                missing = span.ParentKey;
                return None;
            }

            at = parent;
        }

        return None;
    }
}

/// <summary>One span of a request.</summary>
internal struct SpanEntry
{
    /// <summary>The span.</summary>
    public SpanKey Key;

    /// <summary>The id of its parent in the same trace and agent; 0 without parent.</summary>
    public ulong Parent;

    /// <summary>What a call counts for its transaction; nothing for other spans.</summary>
    public CallSums Own;

    /// <summary>Of a transaction: the calls in it.</summary>
    public CallSums Calls;

    /// <summary>The row of its sample; −1 without.</summary>
    public int Row;

    /// <summary>The next span in the same bucket; −1 at the end.</summary>
    public int Next;

    public bool IsTransaction;

    /// <summary>Whether the transaction is that of an API of a gateway.</summary>
    public bool HasApi;

    public readonly bool HasParent => Parent != 0;

    public readonly SpanKey ParentKey => Key with { Span = Parent };
}
