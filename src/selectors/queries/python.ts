export const pythonQuery = `
(function_definition name: (identifier) @name parameters: (_) @parameters ":" @until body: (_) @body) @function
(class_definition name: (identifier) @name ":" @until body: (_) @body) @class
(decorated_definition definition: (_) @wrapped) @wrapper
(decorator) @decorator

(expression_statement (assignment left: (identifier) @name type: (_)? right: (_)? @body) @variable)
(assignment right: (assignment left: (identifier) @name) @variable)
(expression_statement (assignment left: (pattern_list (identifier) @name @variable)))
(expression_statement (assignment left: (tuple_pattern (identifier) @name @variable)))
(type_alias_statement left: (type (identifier) @name) right: (_) @body) @type
(type_alias_statement left: (type (generic_type . (identifier) @name)) right: (_) @body) @type

(import_statement name: (dotted_name . (identifier) @name) @import)
(import_statement name: (aliased_import alias: (identifier) @name) @import)
(import_from_statement name: (dotted_name (identifier) @name) @import)
(import_from_statement name: (aliased_import alias: (identifier) @name) @import)
(future_import_statement name: (dotted_name (identifier) @name) @import)

(module . (comment)* . (expression_statement . (string) @docstring)) @documented
(block . (comment)* . (expression_statement . (string) @docstring)) @documented

(decorated_definition (decorator (identifier) @_d) definition: (function_definition) @as.property
  (#any-of? @_d "property" "cached_property" "abstractproperty"))
(decorated_definition (decorator (attribute attribute: (identifier) @_d)) definition: (function_definition) @as.property
  (#any-of? @_d "cached_property" "setter" "getter" "deleter" "abstractproperty"))
(decorated_definition (decorator (identifier) @_d) definition: (function_definition) @as.signature (#eq? @_d "overload"))
(decorated_definition (decorator (attribute attribute: (identifier) @_d)) definition: (function_definition) @as.signature (#eq? @_d "overload"))

(lambda) @opaque
`;
