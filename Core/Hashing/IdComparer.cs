using System.Runtime.InteropServices;

namespace TimeSeries.Core.Hashing;

/// <summary>
/// Compares ids that senders choose, with a keyed hash: the framework's own hash of a Guid folds it, so that anyone can make ids whose hashes are equal.
/// Thread safe.
/// </summary>
public sealed class IdComparer : IEqualityComparer<Guid>, IEqualityComparer<(long Pcode, Guid Id)>
{
    private IdComparer()
    {
    }

    public static IdComparer Instance { get; } = new();

    public bool Equals(Guid x, Guid y) => x == y;

    public int GetHashCode(Guid obj) => (int)SymbolHash.Of(MemoryMarshal.AsBytes(new ReadOnlySpan<Guid>(in obj)));

    public bool Equals((long Pcode, Guid Id) x, (long Pcode, Guid Id) y) => x == y;

    // Projects are the operator's; ids are anyone's.
    public int GetHashCode((long Pcode, Guid Id) obj) => HashCode.Combine(obj.Pcode, GetHashCode(obj.Id));
}
