using System.Text;
using TimeSeries.Core.Building;
using TimeSeries.Core.Model.Samples;

namespace TimeSeries.Ingest.Protocols.Native;

/// <summary>
/// Names on the wire that no kind or field has, once each, as the response lists them, so that a typo shows. At most <see cref="MaxNames"/>
/// names of at most <see cref="MaxNameBytes"/> bytes are kept: a name is a hint for people, not worth more memory. Not thread safe.
/// </summary>
internal sealed class UnknownNames
{
    public const int MaxNames = 100;
    public const int MaxNameBytes = 128;

    private readonly SymbolTable _names = new();

    public int Count => _names.Count;

    /// <summary>The names; ill-formed bytes show as U+FFFD. Allocates only when there are some.</summary>
    public IReadOnlyList<string> List()
    {
        if (Count == 0)
        {
            return [];
        }

        string[] names = new string[Count];
        for (int i = 0; i < names.Length; i++)
        {
            names[i] = Encoding.UTF8.GetString(_names[i]);
        }

        return names;
    }

    /// <summary>Adds <paramref name="name"/>, or <c>owner.name</c> when the owner is not empty.</summary>
    internal void Add(ReadOnlySpan<char> owner, ReadOnlySpan<byte> name)
    {
        if (Count >= MaxNames)
        {
            return;
        }

        Span<byte> text = stackalloc byte[MaxNameBytes];
        int length = 0;
        if (!owner.IsEmpty)
        {
            length = Encoding.UTF8.GetBytes(owner, text);
            text[length++] = (byte)'.';
        }

        name = name[..Utf8Truncation.Length(name, MaxNameBytes - length)];
        name.CopyTo(text[length..]);
        _names.Intern(text[..(length + name.Length)]);
    }

    internal void Clear()
    {
        if (Count > 0)
        {
            _names.Clear();
        }
    }
}
