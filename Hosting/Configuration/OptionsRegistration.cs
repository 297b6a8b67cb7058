using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace TimeSeries.Hosting.Configuration;

/// <summary>Registers sections of the configuration.</summary>
public static class OptionsRegistration
{
    /// <summary>
    /// Lets <typeparamref name="T"/> take the keys of a section, one a property: <c>string</c>, <c>bool</c>, numbers, enums, <see cref="TimeSpan"/> (<c>10m</c>),
    /// sizes (a number whose name ends in "Bytes", <c>64MiB</c>), <see cref="IReadOnlyList{T}"/> and <c>IReadOnlyDictionary&lt;string, TimeSpan&gt;</c>.
    /// <c>[Description]</c> is the line in <c>--help</c>, the initial value the default; <c>[Range]</c>, <c>[Required]</c>, <c>IValidatableObject</c> and
    /// registered <c>IValidateOptions&lt;T&gt;</c> are checked at start. Afterwards <c>IOptions&lt;T&gt;</c> and <typeparamref name="T"/> itself can be injected.
    /// </summary>
    public static IServiceCollection AddSection<T>(this IServiceCollection services, string name)
        where T : class
    {
        if (services.Any(service => service.ImplementationInstance is OptionsSection known && known.Type == typeof(T)))
        {
            return services;
        }

        services.AddSingleton(new OptionsSection(name, typeof(T), BrokenRules<T>));
        services.TryAddSingleton(new CommandLine([]));
        services.TryAddSingleton(provider => new BoundOptions(
            [.. provider.GetServices<OptionsSection>()], provider.GetRequiredService<IConfiguration>(), provider, provider.GetRequiredService<CommandLine>()));
        services.AddSingleton(provider => provider.GetRequiredService<BoundOptions>().Checked<T>());
        services.AddSingleton<IOptions<T>>(provider => Options.Create(provider.GetRequiredService<T>()));
        return services;
    }

    private static IEnumerable<string> BrokenRules<T>(IServiceProvider services, object options)
        where T : class =>
        services.GetServices<IValidateOptions<T>>().SelectMany(rules => rules.Validate(Options.DefaultName, (T)options).Failures ?? []);
}
