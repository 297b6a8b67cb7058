using System.Buffers;
using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using Microsoft.AspNetCore.Connections;

namespace TimeSeries.Hosting.Web;

/// <summary>
/// The memory that the HTTP server reads into and writes from, in blocks of 64 KiB instead of 4: a body of a megabyte comes in sixteen reads, not in 250. A
/// connection holds blocks only while bytes are under way. What is kept is bounded; blocks beyond are left to the collector. Thread safe.
/// </summary>
internal sealed class LargeBlockPool : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    private const int BlockBytes = 64 << 10;

    // 16 MiB: more are in use only while many large bodies come at one time.
    private const int MaxKeptBlocks = 256;

    private readonly ConcurrentQueue<Block> _kept = new();
    private int _keptCount;

    public override int MaxBufferSize => BlockBytes;

    /// <summary>The HTTP server asks for a pool a listener and thread; it is this one, so that what is kept has one bound.</summary>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    /// <exception cref="ArgumentOutOfRangeException">More is asked for than a block has.</exception>
    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockBytes);
        if (!_kept.TryDequeue(out Block? block))
        {
            return new Block(this);
        }

        Interlocked.Decrement(ref _keptCount);
        block.Take();
        return block;
    }

    protected override void Dispose(bool disposing) => _kept.Clear();

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _keptCount) <= MaxKeptBlocks)
        {
            _kept.Enqueue(block);
        }
        else
        {
            Interlocked.Decrement(ref _keptCount);
        }
    }

    // Pinned, since sockets would pin it for each read and write.
    private sealed class Block(LargeBlockPool pool) : IMemoryOwner<byte>
    {
        private int _isTaken = 1;

        public Memory<byte> Memory { get; } = MemoryMarshal.CreateFromPinnedArray(GC.AllocateUninitializedArray<byte>(BlockBytes, pinned: true), 0, BlockBytes);

        public void Take() => _isTaken = 1;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _isTaken, 0) == 1)
            {
                pool.Return(this);
            }
        }
    }
}
