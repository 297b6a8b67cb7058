using System.Collections.Immutable;
using TimeSeries.Core.Schema;
using TimeSeries.Core.Storage.Embedded.Blocks.Reading;
using TimeSeries.Core.Storage.Embedded.Heads;

namespace TimeSeries.Core.Storage.Embedded.Catalog;

/// <summary>
/// What readers see at one moment: every sample in exactly one of the head, the frozen heads and the blocks. Replaced as a whole. Immutable,
/// except that the active head goes on growing.
/// </summary>
/// <param name="Active">The head that is written.</param>
/// <param name="Frozen">Full heads that wait for their seal, oldest first.</param>
/// <param name="Blocks">The blocks by kind, by first time.</param>
internal sealed record StoreSnapshot(Head Active, ImmutableArray<Head> Frozen, ImmutableArray<ImmutableArray<Block>> Blocks)
{
    public ImmutableArray<Block> BlocksOf(Kind kind) => Blocks[(int)kind];

    /// <summary>Takes hold of all heads, or of none when one is gone already.</summary>
    public bool TryPin()
    {
        if (!Active.TryPin())
        {
            return false;
        }

        for (int i = 0; i < Frozen.Length; i++)
        {
            if (!Frozen[i].TryPin())
            {
                Release(i);
                return false;
            }
        }

        return true;
    }

    /// <summary>Lets go of all heads.</summary>
    public void Release() => Release(Frozen.Length);

    private void Release(int frozen)
    {
        Active.Release();
        for (int i = 0; i < frozen; i++)
        {
            Frozen[i].Release();
        }
    }
}
