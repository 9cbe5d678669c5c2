const shared = `
(function_declaration name: (_) @name parameters: (_) @parameters body: (_) @body) @function
(generator_function_declaration name: (_) @name parameters: (_) @parameters body: (_) @body) @function
(class_declaration name: (_) @name body: (_) @body) @class
(method_definition name: (_) @name parameters: (_) @parameters body: (_) @body) @method
(method_definition ["get" "set"] name: (_) @name parameters: (_) @parameters body: (_) @body) @property

(lexical_declaration (variable_declarator name: (identifier) @name value: (_)? @body) @variable)
(variable_declaration (variable_declarator name: (identifier) @name value: (_)? @body) @variable)
(lexical_declaration "const" (variable_declarator name: (identifier) @name value: (_)? @body) @constant)
(variable_declarator name: (object_pattern (shorthand_property_identifier_pattern) @name @variable))
(variable_declarator name: (object_pattern (object_assignment_pattern left: (shorthand_property_identifier_pattern) @name @variable)))
(variable_declarator name: (object_pattern (pair_pattern value: (identifier) @name) @variable))
(variable_declarator name: (array_pattern (identifier) @name @variable))
(variable_declarator name: (_ (rest_pattern (identifier) @name @variable)))
(variable_declarator name: (identifier) @name value: (arrow_function parameter: (_)? @parameters parameters: (_)? @parameters body: (_) @body)) @function
(variable_declarator name: (identifier) @name value: (function_expression parameters: (_) @parameters body: (_) @body)) @function
(variable_declarator name: (identifier) @name value: (generator_function parameters: (_) @parameters body: (_) @body)) @function
(variable_declarator name: (identifier) @name value: (class body: (_) @body)) @class

(pair key: (_) @name value: (arrow_function parameter: (_)? @parameters parameters: (_)? @parameters body: (_) @body)) @method
(pair key: (_) @name value: (function_expression parameters: (_) @parameters body: (_) @body)) @method
(pair key: (_) @scope.name value: (object)) @scope

(expression_statement (assignment_expression left: (member_expression object: (_) @qualifier property: (_) @name)
  right: (function_expression parameters: (_) @parameters body: (_) @body)) @function)
(expression_statement (assignment_expression left: (member_expression object: (_) @qualifier property: (_) @name)
  right: (arrow_function parameter: (_)? @parameters parameters: (_)? @parameters body: (_) @body)) @function)
(expression_statement (assignment_expression left: (member_expression object: (_) @qualifier property: (_) @name) right: (class body: (_) @body)) @class)

(export_statement declaration: (_) @wrapped) @wrapper
(export_statement "default" @name value: (class body: (_) @body) @class)
(export_statement "default" @name value: (arrow_function parameters: (_)? @parameters body: (_) @body) @function)
(export_statement "default" @name value: (function_expression parameters: (_)? @parameters body: (_) @body) @function)
(export_statement "default" @name value: (object) @body) @constant
(export_statement "default" @name value: (call_expression) @body) @constant
(export_statement "default" value: (_) @wrapped) @wrapper
(lexical_declaration . (variable_declarator) @wrapped .) @wrapper
(variable_declaration . (variable_declarator) @wrapped .) @wrapper

(import_clause (identifier) @name @import)
(import_specifier !alias name: (_) @name) @import
(import_specifier alias: (_) @name) @import
(namespace_import (identifier) @name) @import
(export_statement (export_clause (export_specifier !alias name: (_) @name) @import) source: (_))
(export_statement (export_clause (export_specifier alias: (_) @name) @import) source: (_))
(export_statement (namespace_export (_) @name) @import)

(comment) @comment
(decorator) @decorator
(arrow_function) @opaque
(function_expression) @opaque
(generator_function) @opaque
(class_static_block) @opaque
(class) @opaque
(arguments (object) @opaque)
`;

export const javascriptQuery = `${shared}
(field_definition property: (_) @name value: (_)? @body) @field
(field_definition property: (_) @name value: (arrow_function parameter: (_)? @parameters parameters: (_)? @parameters body: (_) @body)) @method
(field_definition property: (_) @name value: (function_expression parameters: (_) @parameters body: (_) @body)) @method
`;

export const typescriptQuery = `${shared}
(public_field_definition name: (_) @name value: (_)? @body) @field
(public_field_definition name: (_) @name value: (arrow_function parameter: (_)? @parameters parameters: (_)? @parameters body: (_) @body)) @method
(public_field_definition name: (_) @name value: (function_expression parameters: (_) @parameters body: (_) @body)) @method

(function_signature name: (_) @name parameters: (_) @parameters) @function
(abstract_class_declaration name: (_) @name body: (_) @body) @class
(abstract_method_signature name: (_) @name parameters: (_) @parameters) @method
(method_signature name: (_) @name parameters: (_) @parameters) @method
(method_signature ["get" "set"] name: (_) @name parameters: (_) @parameters) @property
(interface_declaration name: (_) @name body: (_) @body) @interface
(interface_body (property_signature name: (_) @name) @property)
(type_alias_declaration name: (_) @name value: (_) @body) @type
(type_alias_declaration value: (object_type (property_signature name: (_) @name) @property))
(enum_declaration name: (_) @name body: (_) @body) @enum
(enum_body (property_identifier) @name @enumMember)
(enum_body (string) @name @enumMember)
(enum_body (enum_assignment name: (_) @name value: (_) @body) @enumMember)
(internal_module name: (_) @name body: (_)? @body) @namespace
(module name: (_) @name body: (_)? @body) @namespace
(import_require_clause (identifier) @name) @import

(ambient_declaration (_) @wrapped) @wrapper
(expression_statement (internal_module) @wrapped) @wrapper
`;
