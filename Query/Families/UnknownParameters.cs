using System.Collections.Immutable;
using TimeSeries.Hosting.Web;

namespace TimeSeries.Query.Families;

/// <summary>Finds parameters that an endpoint does not have. To pass over one would give another result than was meant, and nobody would know.</summary>
internal static class UnknownParameters
{
    private const int MaxShown = 100;

    /// <summary>The first parameter that is not known, with a sentence about it; null when all are.</summary>
    public static (string Name, string Sentence)? Find(IQueryCollection query, ImmutableArray<string> known)
    {
        foreach (string name in query.Keys)
        {
            if (!known.Contains(name, StringComparer.OrdinalIgnoreCase))
            {
                string shown = name[..Math.Min(name.Length, MaxShown)];
                return (shown, known.IsEmpty
                    ? $"There is no parameter \"{shown}\"; this path has none."
                    : $"There is no parameter \"{shown}\"; the nearest is {NearestName.Find(name, known)}. There are {string.Join(", ", known)}.");
            }
        }

        return null;
    }
}
