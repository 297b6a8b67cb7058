namespace TimeSeries.Hosting.Configuration;

/// <summary>A section of the configuration and the type that takes its keys, one key a property.</summary>
/// <param name="Name">Name of the section: <c>Storage</c>.</param>
/// <param name="Type">The options type; its properties are described by attributes, its defaults by their initial values.</param>
/// <param name="BrokenRules">What the registered <c>IValidateOptions</c> of the type say against read options.</param>
public sealed record OptionsSection(string Name, Type Type, Func<IServiceProvider, object, IEnumerable<string>> BrokenRules);
