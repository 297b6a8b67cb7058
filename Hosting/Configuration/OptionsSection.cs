using System.ComponentModel;

namespace TimeSeries.Hosting.Configuration;

/// <summary>A section of the configuration and the type that takes its keys, one key a property.</summary>
/// <param name="Name">Name of the section: <c>Storage</c>.</param>
/// <param name="Type">The options type; its properties are described by attributes, its defaults by their initial values.</param>
public sealed record OptionsSection(string Name, Type Type)
{
    /// <summary>The only property of the type when the section is a list; it has the section's name. Null when each property is a key.</summary>
    internal PropertyDescriptor? List => TypeDescriptor.GetProperties(Type)[Name];

    /// <summary>The type of the values in a list or a map; null of anything else.</summary>
    internal static Type? ElementOf(Type type) => type.IsInterface ? type.GetGenericArguments()[^1] : null;
}
